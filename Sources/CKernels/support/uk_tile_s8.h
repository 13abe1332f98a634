// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_S8_H
#define THIMBLE_UK_TILE_S8_H

// int8 widened to int16, to be multiplied in pairs, and a panel of 16 int32 sums to int8.
//
// Of four weights a, b, c, d along k, two shifts leave (a, c) and one leaves (b, d), each pair in
// the 32-bit lane of its column, so sums stay in column order. Rows are widened in the same order.

#include "uk_requantize.h"
#include "uk_tile_lanes.h"

typedef int8_t uk_bytes4 __attribute__((ext_vector_type(4)));
typedef int16_t uk_halves4 __attribute__((ext_vector_type(4)));
typedef int8_t uk_bytes16 __attribute__((ext_vector_type(16)));
typedef int16_t uk_halves16 __attribute__((ext_vector_type(16)));
typedef int8_t uk_lanes_i8 __attribute__((ext_vector_type(UK_LANES)));
typedef int16_t uk_lanes_i16 __attribute__((ext_vector_type(2 * UK_LANES)));

/// Widens 4 elements, in the tile's order.
UK_INLINE UK_TARGET void uk_widen4(const void *x, int16_t *wide) {
  uk_bytes4 bytes;
  memcpy(&bytes, x, sizeof bytes);
  bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 1, 3);
  const uk_halves4 halves = __builtin_convertvector(bytes, uk_halves4);
  memcpy(wide, &halves, sizeof halves);
}

/// Widens `count` elements in groups of 4, in the tile's order; the last group is filled with 0.
UK_INLINE UK_TARGET void uk_widen(const int8_t *x, size_t count, int16_t *wide) {
  size_t k = 0;
  for (; k + 16 <= count; k += 16) {
    uk_bytes16 bytes;
    memcpy(&bytes, x + k, sizeof bytes);
    bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13,
                                    15);
    const uk_halves16 halves = __builtin_convertvector(bytes, uk_halves16);
    memcpy(wide + k, &halves, sizeof halves);
  }
  for (; k + 4 <= count; k += 4) uk_widen4(x + k, wide + k);
  if (k < count) {
    uint32_t rest = (uint8_t)x[k];
    if (k + 1 < count) rest |= (uint32_t)(uint8_t)x[k + 1] << 8;
    if (k + 2 < count) rest |= (uint32_t)(uint8_t)x[k + 2] << 16;
    uk_widen4(&rest, wide + k);
  }
}

/// `uk_requantize` in the terms of `uk_requantize_panel`.
typedef struct uk_s8_output {
  float min, max;  // less the zero point
  int32_t offset;  // from the bits of a rounded sum to int8
} uk_s8_output;

UK_INLINE uk_s8_output uk_make_s8_output(const uk_requantize *output) {
  return (uk_s8_output){
      .min = (float)(output->min - output->zero_point),
      .max = (float)(output->max - output->zero_point),
      .offset = output->zero_point - UK_ROUND_MAGIC_BITS,
  };
}

/// Sums in steps of the output.
UK_INLINE UK_TARGET uk_panel_f32 uk_scale_panel(uk_panel_i32 sum, uk_panel_f32 scale) {
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    scale.v[v] = __builtin_convertvector(sum.v[v], uk_lanes_f32) * scale.v[v];
  }
  return scale;
}

/// Steps to int8: the rule of `uk_requantize`.
UK_INLINE UK_TARGET uk_bytes16 uk_round_panel(uk_panel_f32 x, const uk_s8_output *output) {
  uk_panel_i32 y;
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    const uk_lanes_f32 clamped = uk_clamp_lanes(x.v[v], output->min, output->max);
    y.v[v] = (uk_lanes_i32)(clamped + UK_ROUND_MAGIC) + output->offset;
  }
  return (uk_bytes16)UK_NARROW(y.v);
}

/// Sums to int8.
UK_INLINE UK_TARGET uk_bytes16 uk_requantize_panel(uk_panel_i32 sum, uk_panel_f32 scale,
                                                   const uk_s8_output *output) {
  return uk_round_panel(uk_scale_panel(sum, scale), output);
}

#endif
