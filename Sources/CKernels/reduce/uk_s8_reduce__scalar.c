// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_requantize.h"

#pragma STDC FP_CONTRACT OFF

/// The reduction of `count` int8, `pitch` apart, as a distance from their zero point.
static int32_t uk_s8_reduction(const uk_s8_reduce_parameters *p, const int8_t *x) {
  int32_t sum = 0, greatest = INT8_MIN, least = INT8_MAX;
  for (size_t r = 0; r < p->shape.reduced; ++r) {
    const int32_t value = x[r * p->shape.inner];
    sum += value - p->input_zero_point;
    greatest = value > greatest ? value : greatest;
    least = value < least ? value : least;
  }
  switch ((uk_reduction)p->shape.kind) {
    case UK_REDUCTION_MAX: return greatest - p->input_zero_point;
    case UK_REDUCTION_MIN: return least - p->input_zero_point;
    case UK_REDUCTION_SUM:
    case UK_REDUCTION_MEAN:
    case UK_REDUCTION_SUM_OF_SQUARES:
    case UK_REDUCTION_PRODUCT: return sum;
  }
}

/// y[outer, inner] = requantise(reduction · multiplier) of x[outer, reduced, inner] over its middle
/// axis in int8.
void uk_s8_reduce__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                          void *scratch) {
  (void)scratch;
  const uk_s8_reduce_parameters *p = arguments->parameters;
  const size_t inner = p->shape.inner;
  for (size_t row = begin; row < end; ++row) {
    const int8_t *x = (const int8_t *)arguments->operands[0].data + row * p->shape.reduced * inner;
    int8_t *y = (int8_t *)arguments->operands[1].data + row * inner;
    for (size_t c = 0; c < inner; ++c) {
      y[c] = uk_requantize_f32((float)uk_s8_reduction(p, x + c) * p->multiplier, &p->output);
    }
  }
}
