// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_LANES_AVX2_H
#define THIMBLE_UK_S8_LANES_AVX2_H

// Sums to int8 on AVX2: what uk_s8_outputs.h asks of an instruction set.

#include "uk_tile_lanes.h"

typedef __m256i uk_steps;  // two vectors in lanes of 16 bits
typedef __m256i uk_quad;   // four vectors in lanes of 8 bits

UK_INLINE UK_TARGET uk_steps uk_fill_steps(int16_t x) { return _mm256_set1_epi16(x); }

UK_INLINE UK_TARGET uk_quad uk_fill_quad(int8_t x) { return _mm256_set1_epi8(x); }

UK_INLINE UK_TARGET uk_lanes_f32 uk_to_f32(uk_lanes_i32 x) {
  return __builtin_convertvector(x, uk_lanes_f32);
}

/// To the nearest integer, ties to even; INT_MIN if NaN or out of range.
UK_INLINE UK_TARGET uk_lanes_i32 uk_round_lanes(uk_lanes_f32 x) {
  return (uk_lanes_i32)_mm256_cvtps_epi32((__m256)x);
}

/// NaN stays.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_most(uk_lanes_f32 x, uk_lanes_f32 max) {
  return (uk_lanes_f32)_mm256_min_ps((__m256)max, (__m256)x);
}

/// NaN gives `min`.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_least(uk_lanes_f32 x, uk_lanes_f32 min) {
  return (uk_lanes_f32)_mm256_max_ps((__m256)x, (__m256)min);
}

/// A quad of sums in steps from the zero point to int8 in order.
UK_INLINE UK_TARGET uk_quad uk_narrow(const uk_lanes_i32 *steps, uk_steps zero_point, int clamps,
                                      uk_quad lowest, uk_quad highest) {
  const __m256i low = _mm256_packs_epi32((__m256i)steps[0], (__m256i)steps[1]);
  const __m256i high = _mm256_packs_epi32((__m256i)steps[2], (__m256i)steps[3]);
  __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(low, zero_point),
                                     _mm256_adds_epi16(high, zero_point));
  if (clamps) bytes = _mm256_min_epi8(_mm256_max_epi8(bytes, lowest), highest);
  // Packing works within 128-bit halves.
  return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// Stores part `part` of a quad, of 2 vectors' width, or less if `count` is less.
UK_INLINE UK_TARGET void uk_store_part(int8_t *y, uk_quad bytes, const int part, const int width,
                                       size_t count) {
  (void)width;
  const __m128i half = part == 0 ? _mm256_castsi256_si128(bytes)
                                 : _mm256_extracti128_si256(bytes, 1);
  uk_copy_panel(y, &half, count, 1);
}

/// Bytes `offset ..< offset + 8` of `count` bytes at x, widened; zeros behind them.
UK_INLINE UK_TARGET uk_lanes_i32 uk_load_bytes(const int8_t *x, size_t offset, size_t count) {
  if (count >= offset + UK_LANES) {
    return (uk_lanes_i32)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(x + offset)));
  }
  int8_t bytes[2 * UK_PANEL] = {0};
  uk_copy_panel(bytes, x, count, 1);
  return (uk_lanes_i32)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(bytes + offset)));
}

#endif
