// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "uk_elementwise_neon.h"
#include "uk_f32_tile.h"

/// Tiles of 6 rows by 16 columns: 24 of the 32 registers hold sums.
void uk_f32_block_muladd__neon(const uk_f32_product *p, size_t rows) {
  for (size_t column = p->column; column < p->columns; column += UK_PANEL) {
    uk_f32_column(p, rows, column, (uk_form){.rows = 6, .vectors = 4});
  }
}
#endif
