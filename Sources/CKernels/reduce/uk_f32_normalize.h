// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = (x − mean) / √(variance + epsilon) · scale[column] + bias[column] over each
// row in float32, the multiply-adds as the kernel's float class rounds them. y may lie on x.

#include "../support/uk_partial_sums.h"

UK_INLINE float uk_row_sum(const float *x, size_t columns) {
  float partial[UK_PARTIAL_SUMS] = {0};
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    float *lanes = partial + c % UK_PARTIAL_SUMS;
    uk_store(lanes, uk_load(lanes) + uk_load(x + c));
  }
#endif
  for (; c < columns; ++c) partial[c % UK_PARTIAL_SUMS] += x[c];
  return uk_join_partial_sums(partial);
}

/// The sum of (x − mean)².
UK_INLINE float uk_row_deviation(const float *x, size_t columns, float mean) {
  float partial[UK_PARTIAL_SUMS] = {0};
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    float *lanes = partial + c % UK_PARTIAL_SUMS;
    const uk_vf deviation = uk_load(x + c) - mean;
    uk_store(lanes, UK_MULADD(deviation, deviation, uk_load(lanes)));
  }
#endif
  for (; c < columns; ++c) {
    float *lane = partial + c % UK_PARTIAL_SUMS;
    const float deviation = x[c] - mean;
    *lane = UK_MULADD(deviation, deviation, *lane);
  }
  return uk_join_partial_sums(partial);
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
    size_t c = 0;
#if defined(UK_VECTOR_BYTES)
    for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
      const uk_vf v = (uk_load(x + c) - mean) * factor;
      uk_store(y + c, UK_MULADD(v, uk_load(scale + c), uk_load(bias + c)));
    }
#endif
    for (; c < columns; ++c) y[c] = UK_MULADD((x[c] - mean) * factor, scale[c], bias[c]);
  }
}
