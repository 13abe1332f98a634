// SPDX-License-Identifier: Apache-2.0
// The scalar int8 matrix product.
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_scalar.h"

UK_INLINE void uk_s8_gemm_scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_s8_gemm_parameters *p = arguments->parameters;
  const uk_s8_residual *add = (const uk_s8_residual *)(p + 1);
  const uk_rows *operands = arguments->operands;
  const size_t panel_bytes = ((size_t)p->depth + 3) / 4 * 4 * UK_PANEL;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  for (size_t row = part.row; row < part.row_end; ++row) {
    const int8_t *a = (const int8_t *)operands[0].data + row * p->depth;
    const int8_t *residual = (const int8_t *)operands[4].data + row * p->columns;
    int8_t *y = (int8_t *)operands[4 + UK_RESIDUAL].data + row * p->columns;
    for (size_t column = part.column; column < part.column_end; column += UK_PANEL) {
      const int8_t *w = (const int8_t *)operands[1].data + column / UK_PANEL * panel_bytes;
      const int32_t *bias = (const int32_t *)operands[2].data + column;
      const float *scale = (const float *)operands[3].data + column;
      uint32_t sum[UK_PANEL];
      for (int lane = 0; lane < UK_PANEL; ++lane) sum[lane] = (uint32_t)bias[lane];
      for (size_t k = 0; k < p->depth; ++k) {
        const int8_t *group = w + k / 4 * 4 * UK_PANEL + k % 4;
        for (int lane = 0; lane < UK_PANEL; ++lane) {
          sum[lane] += (uint32_t)(a[k] * (group[4 * lane] - p->weights_zero_point));
        }
      }
      for (size_t lane = 0; lane < UK_PANEL && column + lane < part.column_end; ++lane) {
        int8_t result = uk_tile_requantize(sum[lane], scale[lane], &p->output);
        if (UK_RESIDUAL) {
          result = uk_tile_add_s8(result, p->output.zero_point, residual[column + lane], add);
        }
        y[column + lane] = result;
      }
    }
  }
}
