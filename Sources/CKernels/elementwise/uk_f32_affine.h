// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = clamp(x · scale[column] + shift[column], min, max) in float32, the
// multiply-add as the kernel's float class rounds it. y may lie on x.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_unary_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  const float min = p->min, max = p->max;
  const float *scale = (const float *)arguments->operands[1].data;
  const float *shift = (const float *)arguments->operands[2].data;
  for (size_t row = begin; row < end; ++row) {
    const float *x = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[3].data + row * columns;
    size_t c = 0;
#if defined(UK_VECTOR_BYTES)
    for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
      const uk_vf v = UK_MULADD(uk_load(x + c), uk_load(scale + c), uk_load(shift + c));
      uk_store(y + c, uk_clamp(v, min, max));
    }
#endif
    for (; c < columns; ++c) {
      y[c] = uk_clamp(UK_MULADD(x[c], scale[c], shift[c]), min, max);
    }
  }
}
