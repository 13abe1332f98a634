// SPDX-License-Identifier: Apache-2.0
// The scalar float32 product with weights that are stored in fewer bits. The including file defines
// UK_STORED_BITS, and UK_FMA where multiply-adds are fused.
#include "../support/uk_elementwise.h"
#include "../support/uk_gemm_part.h"
#include "../support/uk_stored.h"

UK_INLINE void uk_f32_stored_gemm_scalar(const uk_arguments *arguments, uint32_t begin,
                                         uint32_t end) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const uk_stored weights = {operands[1].data, (const float *)operands[3].data};
  const float *bias = (const float *)operands[2].data;
  for (size_t row = part.row; row < part.row_end; ++row) {
    const float *a = (const float *)operands[0].data + row * p->depth;
    float *y = (float *)operands[UK_STORED_OPERANDS - 1].data + row * p->columns;
    for (size_t column = part.column; column < part.column_end; ++column) {
      const uk_stored panel = uk_find_stored(weights, p->depth, column / 16 * 16, 0);
      float sum = bias[column];
      for (size_t k = 0; k < p->depth; ++k) {
        sum = UK_MULADD(a[k], uk_stored_value(panel, k, column % 16), sum);
      }
      y[column] = uk_clamp(sum, p->min, p->max);
    }
  }
}
