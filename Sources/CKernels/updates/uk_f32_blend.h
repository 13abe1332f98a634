// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = a·x + b·UK_TERM(z) in float32: b·UK_TERM(z) rounded, the multiply-add as the
// kernel's float class rounds it. y may lie on x or z.

#include "../support/uk_elements.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_blend_parameters *p = arguments->parameters;
  const uk_vf a = uk_splat(p->a), b = uk_splat(p->b);
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = uk_elements(arguments, 0, first), *z = uk_elements(arguments, 1, first);
  float *y = uk_elements(arguments, 2, first);
  UK_STORE_EACH(y, count, UK_MULADD(a, UK_AT(x), b * UK_TERM(UK_AT(z))));
}
