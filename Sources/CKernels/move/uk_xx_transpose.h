// SPDX-License-Identifier: Apache-2.0
// A tensor of up to four axes gathered in another order; see `uk_transpose_parameters`. Rows are
// (i0, i1) of the output; y does not overlap x.

#include "uk_transpose_tile.h"

/// One block: y[rows, columns] contiguous, x with a stride along each axis.
typedef struct uk_block {
  size_t rows, columns, row_stride, column_stride;
} uk_block;

/// Defines the ways to transpose a block of TYPE. Those of few planes are plain C that the compiler
/// turns into shuffles, since it knows how many planes there are: an image to channels last, `few`
/// columns whose rows are neighbours in x, and back, `few` rows.
#define UK_DEFINE_BLOCK(TYPE)                                                                   \
  UK_INLINE void uk_interleave_##TYPE(const TYPE *restrict x, TYPE *restrict y, size_t rows,    \
                                      size_t few, size_t column_stride) {                       \
    for (size_t r = 0; r < rows; ++r) {                                                         \
      for (size_t c = 0; c < few; ++c) y[r * few + c] = x[r + c * column_stride];               \
    }                                                                                           \
  }                                                                                             \
                                                                                                \
  UK_INLINE void uk_deinterleave_##TYPE(const TYPE *restrict x, TYPE *restrict y, size_t few,   \
                                        size_t columns) {                                       \
    for (size_t c = 0; c < columns; ++c) {                                                      \
      for (size_t r = 0; r < few; ++r) y[r * columns + c] = x[c * few + r];                     \
    }                                                                                           \
  }                                                                                             \
                                                                                                \
  UK_INLINE void uk_gather_##TYPE(const TYPE *x, TYPE *y, const uk_block *b) {                  \
    for (size_t r = 0; r < b->rows; ++r, x += b->row_stride, y += b->columns) {                 \
      for (size_t c = 0; c < b->columns; ++c) y[c] = x[c * b->column_stride];                   \
    }                                                                                           \
  }                                                                                             \
                                                                                                \
  UK_TARGET static void uk_transpose_##TYPE(const TYPE *x, TYPE *y, const uk_block *b) {        \
    const size_t tile = sizeof(uk_vector_##TYPE) / sizeof(TYPE);                                \
    const int joins = b->row_stride == 1, splits = joins && b->column_stride == b->rows;        \
    if (joins && b->rows >= tile && b->columns >= tile) {                                       \
      uk_tiles_##TYPE(x, b->column_stride, y, b->rows, b->columns);                             \
    } else if (joins && b->columns == 2) {                                                      \
      uk_interleave_##TYPE(x, y, b->rows, 2, b->column_stride);                                 \
    } else if (joins && b->columns == 3) {                                                      \
      uk_interleave_##TYPE(x, y, b->rows, 3, b->column_stride);                                 \
    } else if (joins && b->columns == 4) {                                                      \
      uk_interleave_##TYPE(x, y, b->rows, 4, b->column_stride);                                 \
    } else if (splits && b->rows == 2) {                                                        \
      uk_deinterleave_##TYPE(x, y, 2, b->columns);                                              \
    } else if (splits && b->rows == 3) {                                                        \
      uk_deinterleave_##TYPE(x, y, 3, b->columns);                                              \
    } else if (splits && b->rows == 4) {                                                        \
      uk_deinterleave_##TYPE(x, y, 4, b->columns);                                              \
    } else {                                                                                    \
      uk_gather_##TYPE(x, y, b);                                                                \
    }                                                                                           \
  }

UK_DEFINE_BLOCK(uint8_t)
UK_DEFINE_BLOCK(uint16_t)
UK_DEFINE_BLOCK(uint32_t)
UK_DEFINE_BLOCK(uint64_t)

UK_INLINE void uk_transpose_block(const uint8_t *x, uint8_t *y, const uk_block *b, size_t bytes) {
  if (b->column_stride == 1) {
    for (size_t r = 0; r < b->rows; ++r) {
      memcpy(y + r * b->columns * bytes, x + r * b->row_stride * bytes, b->columns * bytes);
    }
    return;
  }
  switch (bytes) {
    case 1: uk_transpose_uint8_t(x, y, b); break;
    case 2: uk_transpose_uint16_t((const uint16_t *)x, (uint16_t *)y, b); break;
    case 4: uk_transpose_uint32_t((const uint32_t *)x, (uint32_t *)y, b); break;
    default: uk_transpose_uint64_t((const uint64_t *)x, (uint64_t *)y, b); break;
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_transpose_parameters *p = arguments->parameters;
  const size_t bytes = p->element_bytes;
  const uk_rows *out = &arguments->operands[1];
  // Rows that go on where the last one ended, on both sides, are one block.
  const int joins = p->in_stride[1] == p->out[2] * p->in_stride[2] &&
                    out->ring_rows == p->out[0] * p->out[1];
  for (uint32_t row = begin, count; row < end; row += count) {
    const uint32_t i0 = row / p->out[1], i1 = row % p->out[1];
    count = joins ? p->out[1] - i1 : 1;
    if (count > end - row) count = end - row;
    const uk_block block = {.rows = (size_t)count * p->out[2],
                            .columns = p->out[3],
                            .row_stride = p->in_stride[2],
                            .column_stride = p->in_stride[3]};
    const size_t first = (size_t)i0 * p->in_stride[0] + (size_t)i1 * p->in_stride[1];
    uint8_t *y = out->data + (size_t)(row % out->ring_rows) * out->row_bytes;
    uk_transpose_block(arguments->operands[0].data + first * bytes, y, &block, bytes);
  }
}
