// SPDX-License-Identifier: Apache-2.0
// A block of uk_f32_product in tiles of AVX-512.
#include "uk_f32_tile.h"

UK_TARGET static __attribute__((noinline)) void uk_f32_narrow_column(const uk_f32_product *p,
                                                                     size_t rows, size_t column) {
  uk_f32_column(p, rows, column, 16, 8);
}

UK_TARGET static __attribute__((noinline)) void uk_f32_wide_column(const uk_f32_product *p,
                                                                   size_t rows, size_t column) {
  uk_f32_column(p, rows, column, 64, 6);
}

/// Sums of fewer products than this are too short for wide tiles: starting and storing 24 vectors
/// of sums at a time then shows (on Zen 4, 8 % at 96 products, 1 % at 256).
#define UK_SHORT_SUM 256

/// The last columns, when 17 to 24 or at most 8 are left, are for vectors of half the size: `half`.
UK_INLINE void uk_f32_block_avx512(const uk_f32_product *p, size_t rows, uk_f32_block *half) {
  const size_t terms = p->taps * p->depth;
  for (size_t column = p->column; column < p->columns;) {
    const size_t left = p->columns - column;
    if (left <= 8 || (left > 16 && left <= 24)) {
      uk_f32_product last = *p;
      last.column = column;
      half(&last, rows);
      return;
    }
    if (left >= 64 && terms >= UK_SHORT_SUM) {
      uk_f32_wide_column(p, rows, column);
      column += 64;
    } else {
      uk_f32_narrow_column(p, rows, column);
      column += 16;
    }
  }
}
