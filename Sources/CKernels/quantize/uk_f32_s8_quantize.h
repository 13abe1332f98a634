// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] int8 or int16 = the integer nearest to x / scale steps from the zero point; x
// float32. Ties go to even, NaN becomes the zero point.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_quantize_parameters *p = arguments->parameters;
  const int32_t most = sizeof(UK_INTEGER) == 1 ? INT8_MAX : INT16_MAX;
  const uk_requantize output = {.zero_point = p->zero_point, .min = -most - 1, .max = most};
  const float scale = p->scale;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = (const float *)arguments->operands[0].data + first;
  UK_INTEGER *y = (UK_INTEGER *)arguments->operands[1].data + first;
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
