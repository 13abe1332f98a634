// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_rows.h"

/// Transposes one block of two axes: y[rows, columns] of TYPE, x with a stride along each axis.
///
/// Goes by tiles of 16 × 16, so that the cache lines of both sides are used whole.
#define UK_TRANSPOSE_BLOCK(TYPE)                                                             \
  static void uk_transpose_##TYPE(const TYPE *x, TYPE *y, const uk_transpose_parameters *p) { \
    const size_t rows = p->out[2], columns = p->out[3];                                      \
    const size_t row_stride = p->in_stride[2], column_stride = p->in_stride[3];              \
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
  }

UK_TRANSPOSE_BLOCK(uint8_t)
UK_TRANSPOSE_BLOCK(uint16_t)
UK_TRANSPOSE_BLOCK(uint32_t)
UK_TRANSPOSE_BLOCK(uint64_t)

/// Gathers a tensor of up to four axes in another order; see `uk_transpose_parameters`. Rows are
/// (i0, i1) of the output; y does not overlap x.
void uk_xx_transpose__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
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
