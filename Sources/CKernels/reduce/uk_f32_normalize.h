// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = (x − mean) / √(variance + epsilon) · scale[column] + bias[column] over each
// row in float32, the multiply-adds as the kernel's float class rounds them. y may lie on x.

#include "../support/uk_row_sums.h"

UK_INLINE float uk_row_sum(const float *x, size_t columns) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      sums.of[v] += uk_load_lanes(x + c, columns - c);
    }
  }
  return uk_join_sums(&sums);
}

/// The sum of (x − mean)².
UK_INLINE float uk_row_deviation(const float *x, size_t columns, float mean) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      const uk_vf deviation = uk_keep_lanes(uk_load_lanes(x + c, columns - c) - mean, columns - c);
      sums.of[v] = UK_MULADD(deviation, deviation, sums.of[v]);
    }
  }
  return uk_join_sums(&sums);
}

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
