// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] int8 = the int8 nearest to x / scale steps from the zero point; x float32. Ties
// go to even, NaN becomes the zero point.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_quantize_parameters *p = arguments->parameters;
  const uk_requantize output = {.zero_point = p->zero_point, .min = INT8_MIN, .max = INT8_MAX};
  const float scale = p->scale;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = (const float *)arguments->operands[0].data + first;
  int8_t *y = (int8_t *)arguments->operands[1].data + first;
  size_t i = 0;
#if defined(UK_VECTOR_BYTES)
  for (; i + UK_WIDTH <= count; i += UK_WIDTH) {
    const uk_vf v = uk_load(x + i) / scale;
    uk_store_requantized(y + i, uk_select(v == v, v, uk_splat(0)), &output);
  }
#endif
  for (; i < count; ++i) {
    const float v = x[i] / scale;
    uk_store_requantized(y + i, uk_select(v == v, v, 0), &output);
  }
}
