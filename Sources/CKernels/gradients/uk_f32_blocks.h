// SPDX-License-Identifier: Apache-2.0
// Sums over the rows of each block of 256, y[⌈rows / 256⌉, columns] in float32: each in sequence
// from +0. The including file says what a row adds:
//
//   UK_OPERANDS        how many operands are read: x; x and center; x, q and center
//   UK_ADDED(sum, at)  `sum` and the term of the columns that begin at element `at`, with the
//                      operands x, q and center, `c` the first column and `left` those from it on
//
// Sums pass through y: a few rows at a time are read side by side, which suits the prefetchers, and
// in any one of them neighbours follow each other.

#include "../support/uk_elements.h"

/// Rows that are read side by side.
#define UK_ROWS_TOGETHER 8

/// The sums of one block's columns, each with `rows` more rows in it; from +0 for the first ones.
UK_INLINE void uk_add_rows(const float *x, const float *q, const float *center, float *y,
                           size_t columns, const size_t rows, int is_first) {
  (void)q, (void)center;
  for (size_t c = 0; c < columns; c += UK_WIDTH) {
    const size_t left = columns - c;
    uk_vf sum = is_first ? uk_splat(0) : uk_load_lanes(y + c, left);
    for (size_t row = 0; row < rows; ++row) sum = UK_ADDED(sum, row * columns + c);
    uk_store_lanes(y + c, sum, left);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  const float *center = uk_elements(arguments, UK_OPERANDS - 1, 0);
  for (size_t block = begin; block < end; ++block) {
    const size_t first = block * UK_SUM_BLOCK_ROWS, rest = p->rows - first;
    const size_t rows = rest < UK_SUM_BLOCK_ROWS ? rest : UK_SUM_BLOCK_ROWS;
    const float *x = uk_elements(arguments, 0, first * columns);
    const float *q = uk_elements(arguments, UK_OPERANDS == 3, first * columns);
    float *y = uk_elements(arguments, UK_OPERANDS, block * columns);
    size_t row = 0;
    for (; row + UK_ROWS_TOGETHER <= rows; row += UK_ROWS_TOGETHER) {
      uk_add_rows(x + row * columns, q + row * columns, center, y, columns, UK_ROWS_TOGETHER,
                  row == 0);
    }
    if (row < rows) {
      uk_add_rows(x + row * columns, q + row * columns, center, y, columns, rows - row, row == 0);
    }
  }
}
