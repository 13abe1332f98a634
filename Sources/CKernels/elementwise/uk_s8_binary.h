// SPDX-License-Identifier: Apache-2.0
// The int8 and int16 kernels of two operands: y[rows, columns] = requantise(UK_OPERATION(a, b, p)),
// with a and b as float distances from their zero points.
//
// y is contiguous; a and b are addressed by `uk_broadcast`. y may lie on an operand of its own
// shape: an element is read before it is written.

#if defined(UK_QUADS)
#include "uk_s8_quads.h"
#endif

/// One row of `columns` elements; a column stride of 0 repeats the operand's first element.
UK_INLINE void uk_binary_row(const UK_INTEGER *a, size_t a_column, const UK_INTEGER *b,
                             size_t b_column, UK_INTEGER *y, size_t columns,
                             const uk_s8_binary_parameters *p) {
  const int32_t a_zero = p->a_zero_point, b_zero = p->b_zero_point;
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    const uk_vf va = a_column ? uk_load_centered_vector(a + c, a_zero)
                              : uk_splat(uk_load_centered(a, a_zero));
    const uk_vf vb = b_column ? uk_load_centered_vector(b + c, b_zero)
                              : uk_splat(uk_load_centered(b, b_zero));
    uk_store_requantized(y + c, UK_OPERATION(va, vb, p), &p->output);
  }
#endif
  for (; c < columns; ++c) {
    const float fa = uk_load_centered(a + c * a_column, a_zero);
    const float fb = uk_load_centered(b + c * b_column, b_zero);
    uk_store_requantized(y + c, UK_OPERATION(fa, fb, p), &p->output);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_s8_binary_parameters p = *(const uk_s8_binary_parameters *)arguments->parameters;
  const uk_broadcast *s = &p.shape;
  const UK_INTEGER *a = (const UK_INTEGER *)arguments->operands[0].data;
  const UK_INTEGER *b = (const UK_INTEGER *)arguments->operands[1].data;
  UK_INTEGER *y = (UK_INTEGER *)arguments->operands[2].data;
  size_t columns = s->extents[3];
  if (uk_is_dense(s) && begin < end) {
    columns *= end - begin;  // one long row
    end = begin + 1;
  }
#if defined(UK_QUADS)
  const int fits = uk_s8_binary_fits(&p);
#endif
  for (uint32_t row = begin; row < end; ++row) {
    const UK_INTEGER *a_row = a + uk_broadcast_row(s->extents, s->a, row);
    const UK_INTEGER *b_row = b + uk_broadcast_row(s->extents, s->b, row);
    UK_INTEGER *y_row = y + (size_t)row * s->extents[3];
    size_t c = 0;
#if defined(UK_QUADS)
    if (fits) c = uk_binary_row_quads(a_row, s->a[3], b_row, s->b[3], y_row, columns, &p);
#endif
    uk_binary_row(a_row + c * s->a[3], s->a[3], b_row + c * s->b[3], s->b[3], y_row + c,
                  columns - c, &p);
  }
}
