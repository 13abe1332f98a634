// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = a[column]·p + (b[column]·q + d[column]) in float32, the multiply-adds as the
// kernel's float class rounds them. y may lie on p or q.

#include "../support/uk_elements.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *parameters = arguments->parameters;
  const size_t columns = parameters->columns;
  const float *a = uk_elements(arguments, 2, 0), *b = uk_elements(arguments, 3, 0);
  const float *d = uk_elements(arguments, 4, 0);
  for (size_t row = begin; row < end; ++row) {
    const float *p = uk_elements(arguments, 0, row * columns);
    const float *q = uk_elements(arguments, 1, row * columns);
    float *y = uk_elements(arguments, 5, row * columns);
    UK_STORE_EACH(y, columns,
                  UK_MULADD(UK_AT(a), UK_AT(p), UK_MULADD(UK_AT(b), UK_AT(q), UK_AT(d))));
  }
}
