// SPDX-License-Identifier: Apache-2.0
// Where the largest element along the middle axis of x[rows, depth, columns] is. The including file
// chooses the instruction set and UK_ELEMENT, float or int8_t.
//
// Neighbouring outputs share a vector: their elements are neighbours, or, with one column, a row of
// x apart. int8 is compared as float, which is exact.

/// An element to be compared as `sign` times it: NaN is the smallest.
UK_INLINE float uk_argmax_key(const UK_ELEMENT *x, float sign) {
  return uk_max((float)*x * sign, -__builtin_inff());
}

/// The index for the output whose elements start at `x`, `step` apart.
UK_INLINE uint32_t uk_argmax_one(const UK_ELEMENT *x, size_t step,
                                 const uk_argmax_parameters *p, float sign) {
  float best = uk_argmax_key(x, sign);
  uint32_t index = 0;
  for (uint32_t k = 1; k < p->depth; ++k) {
    const float key = uk_argmax_key(x + k * step, sign);
    if (key > best || (p->takes_last && key == best)) {
      best = key;
      index = k;
    }
  }
  return index;
}

UK_INLINE void uk_store_index(const uk_argmax_parameters *p, uint8_t *y, size_t at,
                              uint32_t index) {
  if (p->index_bytes == 8) {
    ((int64_t *)y)[at] = index;
  } else {
    ((int32_t *)y)[at] = (int32_t)index;
  }
}

#if defined(UK_VECTOR_BYTES)

/// The same for UK_WIDTH elements, `pitch` apart.
UK_INLINE uk_vf uk_argmax_keys(const UK_ELEMENT *x, size_t pitch, float sign) {
  UK_ELEMENT elements[UK_WIDTH];
  if (pitch == 1) {
    memcpy(elements, x, sizeof elements);
  } else {
    for (size_t lane = 0; lane < UK_WIDTH; ++lane) elements[lane] = x[lane * pitch];
  }
  typedef UK_ELEMENT uk_elements __attribute__((vector_size(sizeof elements)));
  uk_elements v;
  memcpy(&v, elements, sizeof v);
  return uk_max(__builtin_convertvector(v, uk_vf) * sign, uk_splat(-__builtin_inff()));
}

/// UK_WIDTH indices from output `at` on; the outputs' first elements are `pitch` apart.
UK_INLINE void uk_argmax_vector(const UK_ELEMENT *x, size_t step, size_t pitch,
                                const uk_argmax_parameters *p, float sign, uint8_t *y, size_t at) {
  const uk_vi last = (uk_vi){0} - (int32_t)p->takes_last;
  uk_vf best = uk_argmax_keys(x, pitch, sign);
  uk_vi index = {0};
  for (uint32_t k = 1; k < p->depth; ++k) {
    const uk_vf key = uk_argmax_keys(x + k * step, pitch, sign);
    const uk_vi wins = (key > best) | ((key == best) & last);
    best = uk_select(wins, key, best);
    index = (wins & (int32_t)k) | (~wins & index);
  }
  int32_t indices[UK_WIDTH];
  memcpy(indices, &index, sizeof indices);
  for (size_t lane = 0; lane < UK_WIDTH; ++lane) {
    uk_store_index(p, y, at + lane, (uint32_t)indices[lane]);
  }
}

#endif

/// `count` outputs from output `at` on.
UK_INLINE void uk_argmax_run(const UK_ELEMENT *x, size_t step, size_t pitch,
                             const uk_argmax_parameters *p, uint8_t *y, size_t at, size_t count) {
  const float sign = p->is_minimum ? -1.0f : 1.0f;
  size_t i = 0;
#if defined(UK_VECTOR_BYTES)
  for (; i + UK_WIDTH <= count; i += UK_WIDTH) {
    uk_argmax_vector(x + i * pitch, step, pitch, p, sign, y, at + i);
  }
#endif
  for (; i < count; ++i) {
    uk_store_index(p, y, at + i, uk_argmax_one(x + i * pitch, step, p, sign));
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_argmax_parameters *p = arguments->parameters;
  const UK_ELEMENT *x = (const UK_ELEMENT *)arguments->operands[0].data;
  uint8_t *y = arguments->operands[1].data;
  const size_t depth = p->depth, columns = p->columns;
  if (columns == 1) {
    uk_argmax_run(x + begin * depth, 1, depth, p, y, begin, end - begin);
    return;
  }
  for (size_t row = begin; row < end; ++row) {
    uk_argmax_run(x + row * depth * columns, columns, 1, p, y, row * columns, columns);
  }
}
