// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ROWS_H
#define THIMBLE_UK_ROWS_H

#include "CKernels.h"

/// Row `row` of a spatial operand, wherever its ring holds it.
static inline uint8_t *uk_row(const uk_rows *operand, size_t row) {
  return operand->data + (row % operand->ring_rows) * operand->row_bytes;
}

#endif
