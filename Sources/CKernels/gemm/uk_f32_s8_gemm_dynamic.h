// SPDX-License-Identifier: Apache-2.0
// The product of float32 rows, each quantised by itself, with int8 weights. Include one of
// uk_s8_<isa>.h first.
#include <float.h>

#include "../support/uk_dynamic.h"
#include "uk_s8_gemm.h"

/// The greatest magnitude, as the contract counts NaN and infinities.
UK_INLINE UK_TARGET float uk_row_magnitude(const float *x, size_t count) {
  uk_lanes_f32 most[4] = {0};
  size_t k = 0;
  for (; k + 4 * UK_LANES <= count; k += 4 * UK_LANES) {
    UK_UNROLL for (int v = 0; v < 4; ++v) {
      uk_lanes_f32 lanes;
      memcpy(&lanes, x + k + v * UK_LANES, sizeof lanes);
      lanes = __builtin_elementwise_abs(lanes);
      most[v] = lanes > most[v] ? lanes : most[v];
    }
  }
  float greatest = 0;
  for (; k < count; ++k) {
    const float magnitude = __builtin_fabsf(x[k]);
    greatest = magnitude > greatest ? magnitude : greatest;
  }
  UK_UNROLL for (int v = 0; v < 4; ++v) {
    for (int lane = 0; lane < UK_LANES; ++lane) {
      greatest = most[v][lane] > greatest ? most[v][lane] : greatest;
    }
  }
  return greatest < FLT_MAX ? greatest : FLT_MAX;
}

/// Quantises a row and returns its scale.
UK_INLINE UK_TARGET float uk_quantize_row(const float *x, size_t count, int8_t *q) {
  const float magnitude = uk_row_magnitude(x, count), scale = magnitude / 127;
  if (scale < FLT_MIN) {
    memset(q, 0, count);
    return 0;
  }
  const float inverse = 127 / magnitude;
  size_t k = 0;
  for (; k + UK_LANES <= count; k += UK_LANES) {
    uk_lanes_f32 lanes;
    memcpy(&lanes, x + k, sizeof lanes);
    lanes *= inverse;
    lanes = uk_clamp_lanes(lanes == lanes ? lanes : 0, -127, 127) + UK_ROUND_MAGIC;
    const uk_lanes_i8 bytes = __builtin_convertvector((uk_lanes_i32)lanes, uk_lanes_i8);
    memcpy(q + k, &bytes, sizeof bytes);
  }
  for (; k < count; ++k) q[k] = uk_quantize_dynamic(x[k], inverse);
  return scale;
}

UK_INLINE UK_TARGET void uk_f32_s8_gemm_dynamic(const uk_arguments *arguments, uint32_t begin,
                                                uint32_t end, void *scratch) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *from = arguments->operands;
  const size_t depth = p->depth, most = uk_dynamic_rows(p);
  uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const uk_s8_gemm_parameters product = {.rows = p->rows, .columns = p->columns, .depth = p->depth};
  float *row_scale = scratch;
  int8_t *q = (int8_t *)(row_scale + most);
  uk_s8_reals reals = {
      .pitch = p->columns,
      .row_scale = row_scale,
      .bias = (const float *)from[2].data + part.column,
      .min = p->min,
      .max = p->max,
  };
  const uk_s8_gemm_operands operands = {
      .a = q,
      .weights = (const int8_t *)from[1].data + part.column * uk_round_up(depth, 4),
      .scale = (const float *)from[3].data + part.column,
      .reals = &reals,
  };
  void *rest = (uint8_t *)scratch + uk_round_up(most * (sizeof *row_scale + depth), 64);
  for (size_t row = part.row, row_end = part.row_end; row < row_end; row += part.row_end) {
    part.row = 0;
    part.row_end = row_end - row < most ? row_end - row : most;
    for (size_t i = 0; i < part.row_end; ++i) {
      const float *x = (const float *)from[0].data + (row + i) * depth;
      row_scale[i] = uk_quantize_row(x, depth, q + i * depth);
    }
    reals.y = (float *)from[4].data + row * p->columns + part.column;
    uk_s8_gemm_multiply(&product, part, &operands, rest);
  }
}
