// SPDX-License-Identifier: Apache-2.0
// A block of uk_f32_product in tiles of AVX2: sums in at most 12 of the 16 registers, and in no
// fewer than 8, lest they wait for their own multiply-adds.
#include "uk_f32_tile.h"

UK_INLINE void uk_f32_block_avx2(const uk_f32_product *p, size_t rows) {
  for (size_t column = p->column; column < p->columns;) {
    const size_t left = p->columns - column;
    if (left <= 8) {
      uk_f32_column(p, rows, column, (uk_form){.rows = 8, .vectors = 1});
      column += 8;
    } else if (left <= 16 || left > 24) {
      uk_f32_column(p, rows, column, (uk_form){.rows = 6, .vectors = 2});
      column += 16;
    } else {
      uk_f32_column(p, rows, column, (uk_form){.rows = 3, .vectors = 3});
      column += 24;
    }
  }
}
