// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = clamp(x, min, max) in float32. y may lie on x.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_unary_parameters *p = arguments->parameters;
  const float min = p->min, max = p->max;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = (const float *)arguments->operands[0].data + first;
  float *y = (float *)arguments->operands[1].data + first;
  size_t i = 0;
#if defined(UK_VECTOR_BYTES)
  for (; i + UK_WIDTH <= count; i += UK_WIDTH) {
    uk_store(y + i, uk_clamp(uk_load(x + i), min, max));
  }
#endif
  for (; i < count; ++i) y[i] = uk_clamp(x[i], min, max);
}
