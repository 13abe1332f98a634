// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_SCALAR_H
#define THIMBLE_UK_TILE_SCALAR_H

// The arithmetic of one output, in plain C: what every tile must reproduce bit for bit.

#include "uk_requantize.h"
#include "uk_window.h"

#pragma STDC FP_CONTRACT OFF

/// Columns of a panel of packed weights.
#define UK_PANEL 16

/// NaN gives `min`.
UK_INLINE float uk_tile_clamp(float x, float min, float max) {
  float at_least = x > min ? x : min;
  return at_least < max ? at_least : max;
}

/// `sum` is the int32 accumulator: two's complement, so that no sum is undefined.
UK_INLINE int8_t uk_tile_requantize(uint32_t sum, float scale, const uk_requantize *output) {
  return uk_requantize_f32((float)(int32_t)sum * scale, output);
}

/// The same of an int64 accumulator and an int16 output.
UK_INLINE int16_t uk_tile_requantize_s16(uint64_t sum, float scale, const uk_requantize *output) {
  return (int16_t)uk_requantize_steps((float)(double)(int64_t)sum * scale, output);
}

/// Adds the products of int16 with a panel of weights, [⌈depth/4⌉][16][4].
UK_INLINE void uk_tile_add_s16(const int16_t *x, const int8_t *w, size_t depth, uint64_t *sum) {
  for (size_t k = 0; k < depth; ++k) {
    const int8_t *group = w + k / 4 * 4 * UK_PANEL + k % 4;
    for (int lane = 0; lane < UK_PANEL; ++lane) {
      sum[lane] += (uint64_t)(int64_t)(x[k] * group[4 * lane]);
    }
  }
}

/// A result and its residual.
UK_INLINE float uk_tile_add_f32(float result, float residual, const uk_f32_residual *add) {
  return uk_tile_clamp(result + residual, add->min, add->max);
}

/// A result, which has this zero point, and its residual.
UK_INLINE int8_t uk_tile_add_s8(int8_t result, int32_t zero_point, int8_t residual,
                                const uk_s8_residual *add) {
  const float left = (float)(result - zero_point) * add->scale;
  const float right = (float)(residual - add->residual_zero_point) * add->residual_scale;
  return uk_requantize_f32(left + right, &add->output);
}

/// One fused rounding; needs a CPU with FMA.
#if defined(__x86_64__)
#define UK_TARGET_FMA __attribute__((target("fma")))
#else
#define UK_TARGET_FMA
#endif
UK_INLINE UK_TARGET_FMA float uk_tile_fma(float x, float w, float sum) {
  return __builtin_fmaf(x, w, sum);
}

/// Two roundings.
UK_INLINE float uk_tile_muladd(float x, float w, float sum) {
  float product = x * w;
  return sum + product;
}

#endif
