// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = keep·w − rate·g in float32, with rates = {keep, rate}: keep·w rounded, the
// multiply-add as the kernel's float class rounds it. y may lie on w or g.

#include "../support/uk_elements.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const float *rates = uk_elements(arguments, 2, 0);
  const uk_vf keep = uk_splat(rates[0]), step = uk_splat(-rates[1]);
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *w = uk_elements(arguments, 0, first), *g = uk_elements(arguments, 1, first);
  float *y = uk_elements(arguments, 3, first);
  UK_STORE_EACH(y, count, UK_MULADD(step, UK_AT(g), keep * UK_AT(w)));
}
