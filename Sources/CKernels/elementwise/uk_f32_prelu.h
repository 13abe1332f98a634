// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = x > 0 ? x : x · slope[column] in float32; NaN stays NaN. y may lie on x.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_unary_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  const float *slope = (const float *)arguments->operands[1].data;
  for (size_t row = begin; row < end; ++row) {
    const float *x = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[2].data + row * columns;
    size_t c = 0;
#if defined(UK_VECTOR_BYTES)
    for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
      const uk_vf v = uk_load(x + c);
      uk_store(y + c, uk_select(v > 0, v, v * uk_load(slope + c)));
    }
#endif
    for (; c < columns; ++c) y[c] = uk_select(x[c] > 0, x[c], x[c] * slope[c]);
  }
}
