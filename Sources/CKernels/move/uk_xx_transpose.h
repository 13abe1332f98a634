// SPDX-License-Identifier: Apache-2.0
// Gathers a tensor of up to four axes in another order; see `uk_transpose_parameters`. Rows are
// (i0, i1) of the output; y does not overlap x.
//
// Plain C that the compiler turns into shuffles where it knows that neighbours of the output's rows
// are neighbours in x, and how many columns there are: an image of few channels, planes first.

#include "../support/uk_rows.h"

/// y[rows, columns] of TYPE, x with a stride along each axis, by tiles of 16 × 16: so the cache
/// lines of both sides are used whole.
#define UK_TRANSPOSE_TYPE(TYPE)                                                              \
  UK_INLINE void uk_tiles_##TYPE(const TYPE *restrict x, TYPE *restrict y, size_t rows,      \
                                 size_t columns, size_t row_stride, size_t column_stride) {  \
    for (size_t r0 = 0; r0 < rows; r0 += 16) {                                               \
      const size_t r1 = r0 + 16 < rows ? r0 + 16 : rows;                                     \
      for (size_t c0 = 0; c0 < columns; c0 += 16) {                                          \
        const size_t c1 = c0 + 16 < columns ? c0 + 16 : columns;                             \
        for (size_t r = r0; r < r1; ++r) {                                                   \
          for (size_t c = c0; c < c1; ++c) {                                                 \
            y[r * columns + c] = x[r * row_stride + c * column_stride];                      \
          }                                                                                  \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }                                                                                          \
                                                                                             \
  UK_INLINE void uk_interleave_##TYPE(const TYPE *restrict x, TYPE *restrict y, size_t rows, \
                                      size_t columns, size_t column_stride) {                \
    for (size_t r = 0; r < rows; ++r) {                                                      \
      for (size_t c = 0; c < columns; ++c) y[r * columns + c] = x[r + c * column_stride];    \
    }                                                                                        \
  }                                                                                          \
                                                                                             \
  UK_TARGET static void uk_transpose_##TYPE(const TYPE *x, TYPE *y,                          \
                                            const uk_transpose_parameters *p) {              \
    const size_t rows = p->out[2], columns = p->out[3];                                      \
    const size_t row_stride = p->in_stride[2], column_stride = p->in_stride[3];              \
    if (row_stride != 1) {                                                                   \
      uk_tiles_##TYPE(x, y, rows, columns, row_stride, column_stride);                       \
      return;                                                                                \
    }                                                                                        \
    switch (columns) {                                                                       \
      case 2: uk_interleave_##TYPE(x, y, rows, 2, column_stride); break;                     \
      case 3: uk_interleave_##TYPE(x, y, rows, 3, column_stride); break;                     \
      case 4: uk_interleave_##TYPE(x, y, rows, 4, column_stride); break;                     \
      default: uk_tiles_##TYPE(x, y, rows, columns, 1, column_stride); break;                \
    }                                                                                        \
  }

UK_TRANSPOSE_TYPE(uint8_t)
UK_TRANSPOSE_TYPE(uint16_t)
UK_TRANSPOSE_TYPE(uint32_t)
UK_TRANSPOSE_TYPE(uint64_t)

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_transpose_parameters *p = arguments->parameters;
  const size_t bytes = p->element_bytes;
  for (size_t row = begin; row < end; ++row) {
    const size_t i0 = row / p->out[1], i1 = row % p->out[1];
    const uint8_t *x =
        arguments->operands[0].data + (i0 * p->in_stride[0] + i1 * p->in_stride[1]) * bytes;
    uint8_t *y = uk_row(&arguments->operands[1], row);
    switch (bytes) {
      case 1: uk_transpose_uint8_t((const uint8_t *)x, (uint8_t *)y, p); break;
      case 2: uk_transpose_uint16_t((const uint16_t *)x, (uint16_t *)y, p); break;
      case 4: uk_transpose_uint32_t((const uint32_t *)x, (uint32_t *)y, p); break;
      default: uk_transpose_uint64_t((const uint64_t *)x, (uint64_t *)y, p); break;
    }
  }
}
