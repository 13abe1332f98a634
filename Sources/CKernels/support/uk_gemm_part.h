// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_GEMM_PART_H
#define THIMBLE_UK_GEMM_PART_H

// The part of a matrix product that one call computes: some of its rows, or, of a product of few
// rows, all of them in some of its columns. See `uk_gemm_units`.

#include "CKernels.h"

/// Rows `row ..< row_end` of columns `column ..< column_end`; `column` is a multiple of 64.
typedef struct uk_gemm_part {
  size_t row, row_end;
  size_t column, column_end;
} uk_gemm_part;

/// What the range `begin ..< end` of a call stands for.
static inline uk_gemm_part uk_make_gemm_part(uint32_t rows, uint32_t columns, uint32_t begin,
                                             uint32_t end) {
  if (!uk_gemm_is_by_columns(rows)) {
    return (uk_gemm_part){.row = begin, .row_end = end, .column_end = columns};
  }
  const size_t column_end = (size_t)end * UK_COLUMN_BLOCK;
  return (uk_gemm_part){
      .row_end = rows,
      .column = (size_t)begin * UK_COLUMN_BLOCK,
      .column_end = column_end < columns ? column_end : columns,
  };
}

#endif
