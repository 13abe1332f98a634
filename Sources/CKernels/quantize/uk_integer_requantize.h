// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = the UK_TO nearest to (x − zero point) · multiplier steps from the output's
// zero point; x is UK_FROM.

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_requantize_parameters p = *(const uk_requantize_parameters *)arguments->parameters;
  const size_t first = (size_t)begin * p.columns, count = (size_t)end * p.columns - first;
  const UK_FROM *x = (const UK_FROM *)arguments->operands[0].data + first;
  UK_TO *y = (UK_TO *)arguments->operands[1].data + first;
  size_t i = 0;
#if defined(UK_VECTOR_BYTES)
  for (; i + UK_WIDTH <= count; i += UK_WIDTH) {
    const uk_vf v = uk_load_centered_vector(x + i, p.input_zero_point);
    uk_store_requantized(y + i, v * p.multiplier, &p.output);
  }
#endif
  for (; i < count; ++i) {
    uk_store_requantized(y + i, uk_load_centered(x + i, p.input_zero_point) * p.multiplier,
                         &p.output);
  }
}
