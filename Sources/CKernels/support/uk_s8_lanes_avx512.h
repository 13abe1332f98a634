// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_LANES_AVX512_H
#define THIMBLE_UK_S8_LANES_AVX512_H

// Sums to int8 on AVX-512: what uk_s8_outputs.h asks of an instruction set.

#include "uk_tile_lanes.h"

typedef __m512i uk_steps;  // two vectors in lanes of 16 bits
typedef __m512i uk_quad;   // four vectors in lanes of 8 bits

UK_INLINE UK_TARGET uk_steps uk_fill_steps(int16_t x) { return _mm512_set1_epi16(x); }

UK_INLINE UK_TARGET uk_quad uk_fill_quad(int8_t x) { return _mm512_set1_epi8(x); }

UK_INLINE UK_TARGET uk_lanes_f32 uk_to_f32(uk_lanes_i32 x) {
  return __builtin_convertvector(x, uk_lanes_f32);
}

/// To the nearest integer, ties to even; INT_MIN if NaN or out of range.
UK_INLINE UK_TARGET uk_lanes_i32 uk_round_lanes(uk_lanes_f32 x) {
  return (uk_lanes_i32)_mm512_cvtps_epi32((__m512)x);
}

/// NaN stays.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_most(uk_lanes_f32 x, uk_lanes_f32 max) {
  return (uk_lanes_f32)_mm512_min_ps((__m512)max, (__m512)x);
}

/// NaN gives `min`.
UK_INLINE UK_TARGET uk_lanes_f32 uk_at_least(uk_lanes_f32 x, uk_lanes_f32 min) {
  return (uk_lanes_f32)_mm512_max_ps((__m512)x, (__m512)min);
}

/// A quad of sums in steps from the zero point to int8 in order.
UK_INLINE UK_TARGET uk_quad uk_narrow(const uk_lanes_i32 *steps, uk_steps zero_point, int clamps,
                                      uk_quad lowest, uk_quad highest) {
  const __m512i low = _mm512_packs_epi32((__m512i)steps[0], (__m512i)steps[1]);
  const __m512i high = _mm512_packs_epi32((__m512i)steps[2], (__m512i)steps[3]);
  __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(low, zero_point),
                                     _mm512_adds_epi16(high, zero_point));
  if (clamps) bytes = _mm512_min_epi8(_mm512_max_epi8(bytes, lowest), highest);
  // Packing works within 128-bit quarters.
  const __m512i order =
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512i quad = _mm512_permutexvar_epi32(order, bytes);
  UK_SETTLE(quad);  // lest each part be permuted by itself
  return quad;
}

/// Stores part `part` of `width` vectors' bytes, of which there are no more than `count`.
UK_INLINE UK_TARGET void uk_store_part(int8_t *y, uk_quad bytes, const int part, const int width,
                                       size_t count) {
  if (width == 4) {
    if (count >= 64) {
      _mm512_storeu_si512(y, bytes);
    } else {
      _mm512_mask_storeu_epi8(y, (1ull << count) - 1, bytes);
    }
  } else if (width == 2) {
    const __m256i half = part == 0 ? _mm512_castsi512_si256(bytes)
                                   : _mm512_extracti64x4_epi64(bytes, 1);
    if (count >= 32) {
      _mm256_storeu_si256((__m256i *)y, half);
    } else {
      _mm256_mask_storeu_epi8(y, (1u << count) - 1, half);
    }
  } else {
    const __m128i quarter = part == 0   ? _mm512_castsi512_si128(bytes)
                            : part == 1 ? _mm512_extracti32x4_epi32(bytes, 1)
                            : part == 2 ? _mm512_extracti32x4_epi32(bytes, 2)
                                        : _mm512_extracti32x4_epi32(bytes, 3);
    if (count >= 16) {
      _mm_storeu_si128((__m128i *)y, quarter);
    } else {
      _mm_mask_storeu_epi8(y, (__mmask16)((1u << count) - 1), quarter);
    }
  }
}

/// Bytes `offset ..< offset + 16` of `count` bytes at x, widened; zeros behind them.
UK_INLINE UK_TARGET uk_lanes_i32 uk_load_bytes(const int8_t *x, size_t offset, size_t count) {
  __m128i bytes = _mm_setzero_si128();
  if (count >= offset + 16) {
    bytes = _mm_loadu_si128((const __m128i *)(x + offset));
  } else if (count > offset) {
    bytes = _mm_maskz_loadu_epi8((__mmask16)((1u << (count - offset)) - 1), x + offset);
  }
  return (uk_lanes_i32)_mm512_cvtepi8_epi32(bytes);
}

#endif
