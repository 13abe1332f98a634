// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_requantize.h"
#include "../support/uk_partial_sums.h"

#pragma STDC FP_CONTRACT OFF

/// y[rows, columns] = requantise(table[max − x] / sum · multiplier) over each row in int8, the sum
/// being that of the row's table entries. y may lie on x.
void uk_s8_softmax__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                           void *scratch) {
  (void)scratch;
  const uk_s8_softmax_parameters p = *(const uk_s8_softmax_parameters *)arguments->parameters;
  const float *table = (const float *)arguments->operands[1].data;
  for (size_t row = begin; row < end; ++row) {
    const int8_t *x = (const int8_t *)arguments->operands[0].data + row * p.columns;
    int8_t *y = (int8_t *)arguments->operands[2].data + row * p.columns;
    int32_t greatest = INT8_MIN;
    for (size_t c = 0; c < p.columns; ++c) greatest = x[c] > greatest ? x[c] : greatest;

    float partial[UK_PARTIAL_SUMS] = {0};
    for (size_t c = 0; c < p.columns; ++c) partial[c % UK_PARTIAL_SUMS] += table[greatest - x[c]];
    const float sum = uk_join_partial_sums(partial);

    for (size_t c = 0; c < p.columns; ++c) {
      y[c] = uk_requantize_f32(table[greatest - x[c]] / sum * p.multiplier, &p.output);
    }
  }
}
