// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TCONV_BLOCK_H
#define THIMBLE_UK_TCONV_BLOCK_H

#include "CKernels.h"

/// Where a block of a phase's pixels go.
typedef struct uk_tconv_block {
  uint32_t row_phase, column_phase;
  uint32_t first, count;  // rows of the phase, counted in one image
  uk_tconv_phase rows, columns;
} uk_tconv_block;

/// The place of a phase among all, which are in the order of their weights.
static inline uint64_t uk_tconv_number(const uk_window *w, const uk_tconv_block *b) {
  return (uint64_t)b->row_phase * uk_tconv_column_phases(w) + b->column_phase;
}

#endif
