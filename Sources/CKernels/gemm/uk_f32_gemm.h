// SPDX-License-Identifier: Apache-2.0
// The float32 matrix product in the tiles of an instruction set. The including file defines
// UK_RESIDUAL where its contract adds one.
#include "../support/uk_f32_product.h"
#include "../support/uk_gemm_part.h"
#include "../support/uk_window.h"

UK_INLINE void uk_f32_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                           uk_f32_block *block) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_f32_residual *add = (const uk_f32_residual *)(p + 1);
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const uk_f32_clamp clamp = {p->min, p->max};
  const float *a[UK_BLOCK_ROWS], *residual[UK_BLOCK_ROWS];
  float *y[UK_BLOCK_ROWS];
  uk_f32_product product = {
      .x = a,
      .taps = 1,
      .depth = p->depth,
      .weights = (const float *)operands[1].data,
      .bias = (const float *)operands[2].data,
      .y = y,
      .column = part.column,
      .columns = part.column_end,
      .clamp = &clamp,
  };
  uk_f32_clamp residual_clamp;
  if (UK_RESIDUAL) {
    residual_clamp = (uk_f32_clamp){add->min, add->max};
    product.residual = residual;
    product.residual_clamp = &residual_clamp;
  }
  size_t rows;
  for (size_t row = part.row; row < part.row_end; row += rows) {
    rows = uk_f32_block_rows(part.row_end - row, UK_BLOCK_ROWS);
    const float *a_row = (const float *)operands[0].data + row * p->depth;
    float *y_row = (float *)operands[3 + UK_RESIDUAL].data + row * p->columns;
    for (size_t i = 0; i < rows; ++i) a[i] = a_row + i * p->depth;
    for (size_t i = 0; i < rows; ++i) y[i] = y_row + i * p->columns;
    if (UK_RESIDUAL) {
      const float *residual_row = (const float *)operands[3].data + row * p->columns;
      for (size_t i = 0; i < rows; ++i) residual[i] = residual_row + i * p->columns;
    }
    block(&product, rows);
  }
}
