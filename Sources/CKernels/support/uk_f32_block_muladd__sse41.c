// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_elementwise_sse41.h"
#include "uk_f32_tile.h"

/// Tiles of 6 rows by 8 columns: 12 of the 16 registers hold sums.
UK_TARGET void uk_f32_block_muladd__sse41(const uk_f32_product *p, size_t rows) {
  for (size_t column = p->column; column < p->columns; column += 8) {
    uk_f32_column(p, rows, column, (uk_form){.rows = 6, .vectors = 2});
  }
}
#endif
