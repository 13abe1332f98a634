// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = keep·w − rate·m / (√v·scale + epsilon) in float32, with rates = {keep, rate,
// scale}: root, quotient and keep·w rounded, the multiply-adds as the kernel's float class rounds
// them. y may lie on w, m or v.

#include "../support/uk_elements.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_descend_parameters *p = arguments->parameters;
  const float *rates = uk_elements(arguments, 3, 0);
  const uk_vf keep = uk_splat(rates[0]), step = uk_splat(-rates[1]), scale = uk_splat(rates[2]);
  const uk_vf epsilon = uk_splat(p->epsilon);
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *w = uk_elements(arguments, 0, first), *m = uk_elements(arguments, 1, first);
  const float *v = uk_elements(arguments, 2, first);
  float *y = uk_elements(arguments, 4, first);
  UK_STORE_EACH(
      y, count,
      UK_MULADD(step,
                UK_AT(m) / UK_MULADD(__builtin_elementwise_sqrt(UK_AT(v)), scale, epsilon),
                keep * UK_AT(w)));
}
