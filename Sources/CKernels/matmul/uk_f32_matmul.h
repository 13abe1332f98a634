// SPDX-License-Identifier: Apache-2.0
// y[outer, inner, rows, columns] = a · b in float32 for both operands computed at run time. Each
// sum starts at +0 and runs over the depth in sequence, as the kernel's float class rounds it.

#include "../support/uk_panel.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_f32_matmul_parameters *p = arguments->parameters;
  const size_t rows = p->rows, columns = p->columns, depth = p->depth;
  float *panel = scratch;
  size_t count;
  for (size_t row = begin; row < end; row += count) {
    const size_t product = row / rows, first = row % rows;
    count = rows - first < end - row ? rows - first : end - row;
    const size_t outer = product / p->inner, inner = product % p->inner;
    const float *a = (const float *)arguments->operands[0].data + outer * p->a_outer +
                     inner * p->a_inner + first * depth;
    const float *b =
        (const float *)arguments->operands[1].data + outer * p->b_outer + inner * p->b_inner;
    float *y = (float *)arguments->operands[2].data + row * columns;
    for (size_t c = 0; c < columns; c += UK_PANEL) {
      const size_t width = columns - c < UK_PANEL ? columns - c : UK_PANEL;
      if (p->is_transposed) {
        uk_pack_rows(b + c * depth, depth, depth, width, panel);
      } else {
        uk_pack_columns(b + c, columns, depth, width, panel);
      }
      uk_panel_product(a, depth, count, panel, depth, y + c, columns, width);
    }
  }
}
