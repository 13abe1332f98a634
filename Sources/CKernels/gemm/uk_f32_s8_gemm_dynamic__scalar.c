// SPDX-License-Identifier: Apache-2.0
#include <float.h>

#include "../support/uk_dynamic.h"
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_scalar.h"

/// Quantises a row and returns its scale.
static float quantize_row(const float *x, size_t count, int8_t *q) {
  float magnitude = 0;
  for (size_t k = 0; k < count; ++k) {
    const float other = __builtin_fabsf(x[k]);
    magnitude = other > magnitude ? other : magnitude;
  }
  magnitude = magnitude < FLT_MAX ? magnitude : FLT_MAX;
  const float scale = magnitude / 127;
  const int is_zero = scale < FLT_MIN;
  const float inverse = is_zero ? 0 : 127 / magnitude;
  for (size_t k = 0; k < count; ++k) q[k] = uk_quantize_dynamic(x[k], inverse);
  return is_zero ? 0 : scale;
}

static uint32_t dot_product(const int8_t *q, const int8_t *w, size_t depth) {
  uint32_t sum = 0;
  for (size_t k = 0; k < depth; ++k) {
    sum += (uint32_t)(q[k] * w[k / 4 * 4 * UK_PANEL + k % 4]);
  }
  return sum;
}

/// y[rows, columns] = clamp((row scale · scale) · (q · w) + bias), float32, over rows
/// `begin ..< end`; q is each row of a[rows, depth], quantised to int8 by its greatest magnitude.
///
/// Sums are int32; every float operation is rounded by itself. Weights: [panel][⌈depth/4⌉][16][4].
void uk_f32_s8_gemm_dynamic__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t depth = p->depth, panel_bytes = (depth + 3) / 4 * 4 * UK_PANEL;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const float *bias = (const float *)operands[2].data, *scale = (const float *)operands[3].data;
  int8_t *q = scratch;
  for (size_t row = part.row; row < part.row_end; ++row) {
    const float row_scale = quantize_row((const float *)operands[0].data + row * depth, depth, q);
    float *y = (float *)operands[4].data + row * p->columns;
    for (size_t column = part.column; column < part.column_end; ++column) {
      const int8_t *w = (const int8_t *)operands[1].data + column / UK_PANEL * panel_bytes
                        + column % UK_PANEL * 4;
      const float x = row_scale * scale[column] * (float)(int32_t)dot_product(q, w, depth);
      y[column] = uk_tile_clamp(x + bias[column], p->min, p->max);
    }
  }
}
