// SPDX-License-Identifier: Apache-2.0
#include "CKernels.h"

/// y[rows, columns] = table[x + 128] in int8: any function of one int8. y may lie on x.
void uk_s8_lut__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                       void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const int8_t *x = (const int8_t *)arguments->operands[0].data;
  const int8_t *table = (const int8_t *)arguments->operands[1].data;
  int8_t *y = (int8_t *)arguments->operands[2].data;
  const size_t stop = (size_t)end * p->columns;
  for (size_t i = (size_t)begin * p->columns; i < stop; ++i) y[i] = table[x[i] + 128];
}
