// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_tile_scalar.h"

/// y[outer, inner, rows, columns] = requantize((a − zero point) · (b − zero point)), int8, for both
/// operands computed at run time, over rows `begin ..< end` of all products.
///
/// Sums are int32. Needs no scratch.
void uk_s8_matmul_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                  void *scratch) {
  (void)scratch;
  const uk_s8_matmul_parameters *p = arguments->parameters;
  const uk_f32_matmul_parameters *shape = &p->shape;
  const uk_rows *operands = arguments->operands;
  const size_t columns = shape->columns, depth = shape->depth;
  const size_t column_pitch = shape->is_transposed ? depth : 1;
  const size_t depth_pitch = shape->is_transposed ? 1 : columns;
  for (size_t row = begin; row < end; ++row) {
    const size_t product = row / shape->rows;
    const size_t outer = product / shape->inner, inner = product % shape->inner;
    const int8_t *a = (const int8_t *)operands[0].data + outer * shape->a_outer
                      + inner * shape->a_inner + row % shape->rows * depth;
    const int8_t *b = (const int8_t *)operands[1].data + outer * shape->b_outer
                      + inner * shape->b_inner;
    int8_t *y = (int8_t *)operands[2].data + row * columns;
    for (size_t column = 0; column < columns; ++column, b += column_pitch) {
      uint32_t sum = 0;
      for (size_t k = 0; k < depth; ++k) {
        sum += (uint32_t)((a[k] - p->a_zero_point) * (b[k * depth_pitch] - p->b_zero_point));
      }
      y[column] = uk_tile_requantize(sum, p->scale, &p->output);
    }
  }
}
