// SPDX-License-Identifier: Apache-2.0
// The float32 matrix product on vectors. The including file defines UK_FUSED and the tile's ISA.
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_f32.h"

UK_INLINE UK_TARGET void uk_f32_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const float *a[UK_BLOCK_ROWS];
  float *y[UK_BLOCK_ROWS];
  const float *residual[UK_BLOCK_ROWS];
  const uk_f32_product product = {
      .x = a,
      .taps = 1,
      .depth = p->depth,
      .weights = (const float *)operands[1].data + part.column * p->depth,
      .bias = (const float *)operands[2].data + part.column,
      .min = p->min,
      .max = p->max,
      .y = y,
      .columns = part.column_end - part.column,
      .residual = residual,
      .add = (const uk_f32_residual *)(p + 1),
  };
  size_t rows;
  for (size_t first = part.row; first < part.row_end; first += rows) {
    rows = part.row_end - first < UK_BLOCK_ROWS ? part.row_end - first : UK_BLOCK_ROWS;
    for (size_t i = 0; i < rows; ++i) {
      const size_t y_first = (first + i) * p->columns + part.column;
      a[i] = (const float *)operands[0].data + (first + i) * p->depth;
      y[i] = (float *)operands[3 + UK_RESIDUAL].data + y_first;
      if (UK_RESIDUAL) residual[i] = (const float *)operands[3].data + y_first;
    }
    uk_f32_block(&product, rows);
  }
}
