// SPDX-License-Identifier: Apache-2.0
// dx[rows, columns] = y·(dy − Σ y·dy) over each row in float32, the multiply-adds of the sum as the
// kernel's float class rounds them. dx may lie on y or dy.

#include "../support/uk_elements.h"
#include "../support/uk_row_sums.h"

UK_INLINE float uk_row_product(const float *y, const float *dy, size_t columns) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      const size_t left = columns - c;
      sums.of[v] = UK_MULADD(uk_load_lanes(y + c, left), uk_load_lanes(dy + c, left), sums.of[v]);
    }
  }
  return uk_join_sums(&sums);
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  for (size_t row = begin; row < end; ++row) {
    const float *y = uk_elements(arguments, 0, row * columns);
    const float *dy = uk_elements(arguments, 1, row * columns);
    float *dx = uk_elements(arguments, 2, row * columns);
    const uk_vf sum = uk_splat(uk_row_product(y, dy, columns));
    UK_STORE_EACH(dx, columns, UK_AT(y) * (UK_AT(dy) - sum));
  }
}
