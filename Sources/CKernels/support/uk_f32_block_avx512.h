// SPDX-License-Identifier: Apache-2.0
// A block of uk_f32_product in tiles of AVX-512.
#include "uk_f32_tile.h"

/// Sums of fewer products than this are too short for wide tiles: starting and storing 24 vectors
/// of sums at a time then shows (on Zen 4, 8 % at 96 products, 1 % at 256). Where products are
/// rounded before they are added all sums are: wide tiles broadcast x to registers, in competition
/// with the additions (15 %).
#if defined(UK_FMA)
#define UK_SHORT_SUM 256
#else
#define UK_SHORT_SUM SIZE_MAX
#endif

#define UK_COLUMN(name, ...)                                                                 \
  UK_TARGET static __attribute__((noinline)) void name(const uk_f32_product *p, size_t rows, \
                                                       size_t column) {                      \
    uk_f32_column(p, rows, column, (uk_form){__VA_ARGS__});                                  \
  }

UK_COLUMN(uk_f32_columns_16, .rows = 8, .vectors = 1, .is_whole = 1)
UK_COLUMN(uk_f32_columns_24, .rows = 8, .vectors = 2, .is_whole = 1, .has_half = 1)
UK_COLUMN(uk_f32_columns_64, .rows = 6, .vectors = 4, .is_whole = 1)

/// The sums of fewer than 4 rows would wait for themselves in narrow tiles. Fewer than 16 columns
/// are for vectors of half the size: `half`.
UK_INLINE void uk_f32_block_avx512(const uk_f32_product *p, size_t rows, uk_f32_block *half) {
  const size_t terms = p->taps * p->depth;
  for (size_t column = p->column; column < p->columns;) {
    const size_t left = p->columns - column;
    if (left < 16) {
      uk_f32_product last = *p;
      last.column = column;
      half(&last, rows);
      return;
    }
    if (left >= 64 && (terms >= UK_SHORT_SUM || rows < 4)) {
      uk_f32_columns_64(p, rows, column);
      column += 64;
    } else if (left > 16 && left <= 24) {
      uk_f32_columns_24(p, rows, column);
      column += 24;
    } else {
      uk_f32_columns_16(p, rows, column);
      column += 16;
    }
  }
}
