// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_BROADCAST_H
#define THIMBLE_UK_BROADCAST_H

#include "CKernels.h"

/// Where row `row` of the output, that is (i0, i1, i2), starts in an operand of these strides.
static inline size_t uk_broadcast_row(const uint32_t *extents, const uint32_t *strides,
                                      uint32_t row) {
  const uint32_t i2 = row % extents[2], outer = row / extents[2];
  return (size_t)(outer / extents[1]) * strides[0] + (size_t)(outer % extents[1]) * strides[1] +
         (size_t)i2 * strides[2];
}

/// Whether both operands have the output's own layout, so that rows follow one another.
static inline int uk_is_dense(const uk_broadcast *s) {
  const uint32_t columns = s->extents[3];
  return s->extents[0] == 1 && s->extents[1] == 1 && s->a[3] == 1 && s->b[3] == 1 &&
         s->a[2] == columns && s->b[2] == columns;
}

#endif
