// SPDX-License-Identifier: Apache-2.0
// The scalar product with packed weights the other way. The including file defines UK_TARGET and
// UK_MULTIPLY_ADD.
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_scalar.h"

UK_INLINE UK_TARGET void uk_f32_gemm_transposed_scalar(const uk_arguments *arguments,
                                                       uint32_t begin, uint32_t end) {
  const uk_f32_gemm_transposed_parameters *p = arguments->parameters;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->depth, begin, end);
  const size_t columns = p->columns, depth = p->depth;
  const float *w = (const float *)arguments->operands[1].data;
  for (size_t row = part.row; row < part.row_end; ++row) {
    const float *a = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[2].data + row * depth;
    for (size_t k = part.column; k < part.column_end; ++k) {
      float sum = 0;
      for (size_t column = 0; column < columns; ++column) {
        const size_t panel = column / UK_PANEL, lane = column % UK_PANEL;
        sum = UK_MULTIPLY_ADD(a[column], w[(panel * depth + k) * UK_PANEL + lane], sum);
      }
      y[k] = sum;
    }
  }
}
