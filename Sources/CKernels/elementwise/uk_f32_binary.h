// SPDX-License-Identifier: Apache-2.0
// The float32 kernels of two operands: y[rows, columns] = clamp(UK_OPERATION(a, b), min, max).
//
// y is contiguous; a and b are addressed by `uk_broadcast`. y may lie on an operand of its own
// shape: an element is read before it is written.

/// One row of `columns` elements; a column stride of 0 repeats the operand's first element.
UK_INLINE void uk_binary_row(const float *a, size_t a_column, const float *b, size_t b_column,
                             float *y, size_t columns, float min, float max) {
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    const uk_vf va = a_column ? uk_load(a + c) : uk_splat(*a);
    const uk_vf vb = b_column ? uk_load(b + c) : uk_splat(*b);
    uk_store(y + c, uk_clamp(UK_OPERATION(va, vb), min, max));
  }
#endif
  for (; c < columns; ++c) {
    y[c] = uk_clamp(UK_OPERATION(a[c * a_column], b[c * b_column]), min, max);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_binary_parameters *p = arguments->parameters;
  const uk_broadcast *s = &p->shape;
  const float *a = (const float *)arguments->operands[0].data;
  const float *b = (const float *)arguments->operands[1].data;
  float *y = (float *)arguments->operands[2].data;
  size_t columns = s->extents[3];
  if (uk_is_dense(s) && begin < end) {
    columns *= end - begin;  // one long row
    end = begin + 1;
  }
  for (uint32_t row = begin; row < end; ++row) {
    uk_binary_row(a + uk_broadcast_row(s->extents, s->a, row), s->a[3],
                  b + uk_broadcast_row(s->extents, s->b, row), s->b[3],
                  y + (size_t)row * s->extents[3], columns, p->min, p->max);
  }
}
