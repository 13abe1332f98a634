// SPDX-License-Identifier: Apache-2.0
// The float32 matrix product on vectors. The including file defines UK_FUSED and the tile's ISA.
#include "../support/uk_tile_f32.h"

UK_INLINE UK_TARGET void uk_f32_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const float *a[UK_BLOCK_ROWS];
  float *y[UK_BLOCK_ROWS];
  const float *residual[UK_BLOCK_ROWS];
  const uk_f32_product product = {
      .x = a,
      .taps = 1,
      .depth = p->depth,
      .weights = (const float *)operands[1].data,
      .bias = (const float *)operands[2].data,
      .min = p->min,
      .max = p->max,
      .y = y,
      .columns = p->columns,
      .residual = residual,
      .add = (const uk_f32_residual *)(p + 1),
  };
  size_t rows;
  for (size_t first = begin; first < end; first += rows) {
    rows = end - first < UK_BLOCK_ROWS ? end - first : UK_BLOCK_ROWS;
    for (size_t i = 0; i < rows; ++i) {
      a[i] = (const float *)operands[0].data + (first + i) * p->depth;
      y[i] = (float *)operands[3 + UK_RESIDUAL].data + (first + i) * p->columns;
      if (UK_RESIDUAL) residual[i] = (const float *)operands[3].data + (first + i) * p->columns;
    }
    uk_f32_block(&product, rows);
  }
}
