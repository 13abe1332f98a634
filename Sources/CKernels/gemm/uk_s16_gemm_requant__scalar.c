// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_scalar.h"

/// y[rows, columns] = requantize(a[rows, depth] · w + bias), int16 by int8, over rows
/// `begin ..< end`.
///
/// Sums are int64. Weights: [panel][⌈depth/4⌉][16][4].
void uk_s16_gemm_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                 void *scratch) {
  (void)scratch;
  const uk_s8_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t panel_bytes = ((size_t)p->depth + 3) / 4 * 4 * UK_PANEL;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  for (size_t row = part.row; row < part.row_end; ++row) {
    const int16_t *a = (const int16_t *)operands[0].data + row * p->depth;
    int16_t *y = (int16_t *)operands[4].data + row * p->columns;
    for (size_t column = part.column; column < part.column_end; column += UK_PANEL) {
      const int8_t *w = (const int8_t *)operands[1].data + column / UK_PANEL * panel_bytes;
      const float *scale = (const float *)operands[3].data + column;
      uint64_t sum[UK_PANEL];
      memcpy(sum, (const int64_t *)operands[2].data + column, sizeof sum);
      uk_tile_add_s16(a, w, p->depth, sum);
      for (size_t lane = 0; lane < UK_PANEL && column + lane < part.column_end; ++lane) {
        y[column + lane] = uk_tile_requantize_s16(sum[lane], scale[lane], &p->output);
      }
    }
  }
}
