// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "uk_index.h"

/// Copies a run for each tuple of indices; see `uk_gather_nd_parameters`. Rows are (batch, tuple);
/// y does not overlap x or the indices.
void uk_xx_gather_nd__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                             void *scratch) {
  (void)scratch;
  const uk_gather_nd_parameters *p = arguments->parameters;
  const uint8_t *x = arguments->operands[0].data;
  const uint8_t *indices = arguments->operands[1].data;
  uint8_t *y = arguments->operands[2].data + (size_t)begin * p->run_bytes;
  for (size_t row = begin; row < end; ++row, y += p->run_bytes) {
    size_t position = row / p->count;
    for (uint32_t axis = 0; axis < p->depth; ++axis) {
      const size_t index =
          uk_index(indices, row * p->depth + axis, p->index_bytes, p->extents[axis]);
      position = position * p->extents[axis] + index;
    }
    memcpy(y, x + position * p->run_bytes, p->run_bytes);
  }
}
