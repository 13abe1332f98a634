// SPDX-License-Identifier: Apache-2.0
#include "uk_elementwise.h"
#include "uk_f32_tile.h"

UK_TARGET void uk_f32_block_muladd__scalar(const uk_f32_product *p, size_t rows) {
  for (size_t column = p->column; column < p->columns; column += UK_PANEL) {
    uk_f32_column(p, rows, column, (uk_form){.rows = 1, .vectors = 16});
  }
}
