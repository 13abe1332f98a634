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
  const uk_f32_clamp residual_clamp = UK_RESIDUAL ? (uk_f32_clamp){add->min, add->max} : clamp;
  const float *residual = (const float *)operands[3].data + part.row * p->columns;
  const uk_f32_matrices matrices = {
      .x = (const float *)operands[0].data + part.row * p->depth,
      .x_pitch = p->depth,
      .y = (float *)operands[3 + UK_RESIDUAL].data + part.row * p->columns,
      .y_pitch = p->columns,
      .residual = UK_RESIDUAL ? residual : NULL,
  };
  const uk_f32_product product = {
      .depth = p->depth,
      .weights = (const float *)operands[1].data,
      .bias = (const float *)operands[2].data,
      .column = part.column,
      .columns = part.column_end,
      .clamp = &clamp,
      .residual_clamp = UK_RESIDUAL ? &residual_clamp : NULL,
  };
  uk_f32_multiply(product, matrices, part.row_end - part.row, block);
}
