// SPDX-License-Identifier: Apache-2.0
// dx[rows, columns] = min < y && y < max ? dy : 0 in float32. dx may lie on dy or y.

#include "../support/uk_elements.h"

UK_INLINE uk_vf uk_clamp_gradient(uk_vf dy, uk_vf y, float min, float max) {
  return uk_select((y > min) & (y < max), dy, uk_splat(0));
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_unary_parameters *p = arguments->parameters;
  const float min = p->min, max = p->max;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *dy = uk_elements(arguments, 0, first), *y = uk_elements(arguments, 1, first);
  float *dx = uk_elements(arguments, 2, first);
  UK_STORE_EACH(dx, count, uk_clamp_gradient(UK_AT(dy), UK_AT(y), min, max));
}
