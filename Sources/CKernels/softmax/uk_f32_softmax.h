// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = exp(beta · (x − max)) / sum over each row in float32. y may lie on x.

#include "../support/uk_softmax_row.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_softmax_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  for (size_t row = begin; row < end; ++row) {
    const float *x = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[1].data + row * columns;
    uk_row_softmax(x, y, columns, p->beta);
  }
}
