// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = (x − mean) / √(variance + epsilon) · scale[column] + bias[column] over each
// row in float32, the multiply-adds as the kernel's float class rounds them. y may lie on x.

#include "../support/uk_row_moments.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_normalize_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  const float *scale = (const float *)arguments->operands[1].data;
  const float *bias = (const float *)arguments->operands[2].data;
  for (size_t row = begin; row < end; ++row) {
    const float *x = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[3].data + row * columns;
    const float mean = p->is_centered ? uk_row_sum(x, columns) / (float)columns : 0;
    const float variance = uk_row_deviation(x, columns, mean) / (float)columns;
    const float factor = 1 / __builtin_elementwise_sqrt(variance + p->epsilon);
    for (size_t c = 0; c < columns; c += UK_WIDTH) {
      const size_t left = columns - c;
      const uk_vf v = (uk_load_lanes(x + c, left) - mean) * factor;
      uk_store_lanes(
          y + c, UK_MULADD(v, uk_load_lanes(scale + c, left), uk_load_lanes(bias + c, left)), left);
    }
  }
}
