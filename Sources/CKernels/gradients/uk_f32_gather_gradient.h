// SPDX-License-Identifier: Apache-2.0
// dx[outer, extent, run] in float32: the sum of the rows of dy[outer, count, run] that have its
// index, in order from +0; see uk_window_gradient.h. Each part looks at all indices, and takes the
// rows whose index is one of its own.

#include "../move/uk_index.h"
#include "../support/uk_elements.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_gather_parameters *p = arguments->parameters;
  const uint8_t *indices = arguments->operands[1].data;
  const size_t columns = p->run_bytes / sizeof(float);
  memset(uk_elements(arguments, 2, begin * columns), 0, (end - begin) * columns * sizeof(float));
  for (size_t row = begin; row < end;) {
    const size_t outer = row / p->extent, top = outer * p->extent;
    const size_t last = end - top < p->extent ? end - top : p->extent;
    const size_t list = outer / p->repeat * p->count;
    for (size_t i = 0; i < p->count; ++i) {
      const size_t index = uk_index(indices, list + i, p->index_bytes, p->extent);
      if (index < row - top || index >= last) continue;
      const float *dy = uk_elements(arguments, 0, (outer * p->count + i) * columns);
      float *dx = uk_elements(arguments, 2, (top + index) * columns);
      UK_STORE_EACH(dx, columns, UK_AT(dx) + UK_AT(dy));
    }
    row = top + last;
  }
}
