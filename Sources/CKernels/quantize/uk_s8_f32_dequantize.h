// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] float32 = (x − zero point) · scale; x int8 or int16.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_quantize_parameters *p = arguments->parameters;
  const float scale = p->scale;
  const int32_t zero_point = p->zero_point;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const UK_INTEGER *x = (const UK_INTEGER *)arguments->operands[0].data + first;
  float *y = (float *)arguments->operands[1].data + first;
  size_t i = 0;
#if defined(UK_VECTOR_BYTES)
  for (; i + UK_WIDTH <= count; i += UK_WIDTH) {
    uk_store(y + i, uk_load_centered_vector(x + i, zero_point) * scale);
  }
#endif
  for (; i < count; ++i) y[i] = uk_load_centered(x + i, zero_point) * scale;
}
