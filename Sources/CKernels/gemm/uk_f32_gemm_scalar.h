// SPDX-License-Identifier: Apache-2.0
// The scalar float32 matrix product. The including file defines UK_TARGET and UK_MULTIPLY_ADD.
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_scalar.h"

UK_INLINE UK_TARGET void uk_f32_gemm_scalar(const uk_arguments *arguments, uint32_t begin,
                                            uint32_t end) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_f32_residual *add = (const uk_f32_residual *)(p + 1);
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  for (size_t row = part.row; row < part.row_end; ++row) {
    const float *a = (const float *)operands[0].data + row * p->depth;
    const float *w = (const float *)operands[1].data + part.column * p->depth;
    const float *residual = (const float *)operands[3].data + row * p->columns;
    float *y = (float *)operands[3 + UK_RESIDUAL].data + row * p->columns;
    for (size_t column = part.column; column < part.column_end; column += UK_PANEL) {
      const float *bias = (const float *)operands[2].data + column;
      float sum[UK_PANEL];
      for (int lane = 0; lane < UK_PANEL; ++lane) sum[lane] = bias[lane];
      for (size_t k = 0; k < p->depth; ++k, w += UK_PANEL) {
        for (int lane = 0; lane < UK_PANEL; ++lane) {
          sum[lane] = UK_MULTIPLY_ADD(a[k], w[lane], sum[lane]);
        }
      }
      for (size_t lane = 0; lane < UK_PANEL && column + lane < part.column_end; ++lane) {
        float result = uk_tile_clamp(sum[lane], p->min, p->max);
        if (UK_RESIDUAL) result = uk_tile_add_f32(result, residual[column + lane], add);
        y[column + lane] = result;
      }
    }
  }
}
