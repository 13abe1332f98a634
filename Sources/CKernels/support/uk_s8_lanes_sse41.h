// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_LANES_SSE41_H
#define THIMBLE_UK_S8_LANES_SSE41_H

// Sums to int8 on SSE4.1: what uk_s8_outputs.h asks of an instruction set.

#include "uk_tile_lanes.h"

typedef __m128i uk_steps;  // two vectors in lanes of 16 bits
typedef __m128i uk_quad;   // four vectors in lanes of 8 bits

UK_INLINE UK_TARGET uk_steps uk_fill_steps(int16_t x) { return _mm_set1_epi16(x); }

UK_INLINE UK_TARGET uk_quad uk_fill_quad(int8_t x) { return _mm_set1_epi8(x); }

UK_INLINE UK_TARGET uk_lanes_f32 uk_to_f32(uk_lanes_i32 x) {
  return __builtin_convertvector(x, uk_lanes_f32);
}

/// To the nearest integer, ties to even; INT_MIN if NaN or out of range.
UK_INLINE UK_TARGET uk_lanes_i32 uk_round_lanes(uk_lanes_f32 x) {
  return (uk_lanes_i32)_mm_cvtps_epi32((__m128)x);
}

/// NaN stays.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_most(uk_lanes_f32 x, uk_lanes_f32 max) {
  return (uk_lanes_f32)_mm_min_ps((__m128)max, (__m128)x);
}

/// NaN gives `min`.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_least(uk_lanes_f32 x, uk_lanes_f32 min) {
  return (uk_lanes_f32)_mm_max_ps((__m128)x, (__m128)min);
}

/// A quad of sums in steps from the zero point to int8 in order.
UK_INLINE UK_TARGET uk_quad uk_narrow(const uk_lanes_i32 *steps, uk_steps zero_point, int clamps,
                                      uk_quad lowest, uk_quad highest) {
  const __m128i low = _mm_packs_epi32((__m128i)steps[0], (__m128i)steps[1]);
  const __m128i high = _mm_packs_epi32((__m128i)steps[2], (__m128i)steps[3]);
  __m128i bytes =
      _mm_packs_epi16(_mm_adds_epi16(low, zero_point), _mm_adds_epi16(high, zero_point));
  if (clamps) bytes = _mm_min_epi8(_mm_max_epi8(bytes, lowest), highest);
  return bytes;
}

/// Stores a quad, or less of it if `count` is less.
UK_INLINE UK_TARGET void uk_store_part(int8_t *y, uk_quad bytes, const int part, const int width,
                                       size_t count) {
  (void)part;
  (void)width;
  uk_copy_panel(y, &bytes, count, 1);
}

/// Bytes `offset ..< offset + 4` of `count` bytes at x, widened; zeros behind them.
UK_INLINE UK_TARGET uk_lanes_i32 uk_load_bytes(const int8_t *x, size_t offset, size_t count) {
  int8_t bytes[UK_PANEL] = {0};
  int32_t lanes;
  if (count >= offset + UK_LANES) {
    memcpy(&lanes, x + offset, sizeof lanes);
  } else {
    uk_copy_panel(bytes, x, count, 1);
    memcpy(&lanes, bytes + offset, sizeof lanes);
  }
  return (uk_lanes_i32)_mm_cvtepi8_epi32(_mm_cvtsi32_si128(lanes));
}

#endif
