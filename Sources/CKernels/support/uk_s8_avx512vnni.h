// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX-512 VNNI: tiles of 6 rows by 64 columns, 14 by 32 and 14 by 16.
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")))
#include "uk_tile_avx512.h"
#include "uk_s8_lanes_avx512.h"

#define UK_STEPS 1
#define UK_TILE_WIDTH 4
#define UK_TILE_SUMS 28
#define UK_S8_TILES(tile) tile(4, 6) tile(2, 14) tile(1, 12)
#define UK_S8_BLOCK uk_s8_block__avx512vnni

// Products of so many columns at most are summed by columns, if that is less work than by rows.
#define UK_S8_FLIPPED_COLUMNS 128
#define UK_S8_FLIPPED_TILES(tile) tile(2, 14) tile(1, 14)
#define UK_S8_FLIPPED_BLOCK uk_s8_flipped_block__avx512vnni
#define UK_S8_FLIPPED_BIAS uk_s8_flipped_bias__avx512vnni

// Products whose weights of some columns stay in so many registers, by their taps and groups.
#define UK_S8_KEPT 24
#define UK_S8_KEPT_SHAPES(shape) shape(1, 4) shape(1, 6) shape(1, 8) shape(3, 1) shape(3, 3)
#define UK_S8_KEPT_BLOCK uk_s8_kept_block__avx512vnni

typedef uk_lanes_i32 uk_weights;

UK_INLINE UK_TARGET uk_weights uk_unpack_weights(const int8_t *w, int step) {
  (void)step;
  return (uk_weights)(_mm512_loadu_si512(w) ^ _mm512_set1_epi8(-128));
}

UK_INLINE UK_TARGET uk_lanes_i32 uk_multiply_add(uk_lanes_i32 sum, uk_weights w, int32_t group) {
  return (uk_lanes_i32)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)w, _mm512_set1_epi32(group));
}

/// A group in every lane.
UK_INLINE UK_TARGET uk_lanes_i32 uk_broadcast_group(const uint8_t *a) {
  int32_t group;
  memcpy(&group, a, sizeof group);
  return (uk_lanes_i32)_mm512_set1_epi32(group);
}

/// The same from a flipped group in every lane and weights as they are.
UK_INLINE UK_TARGET uk_lanes_i32 uk_multiply_add_flipped(uk_lanes_i32 sum, uk_lanes_i32 flipped,
                                                         uk_weights w) {
  return (uk_lanes_i32)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)flipped, (__m512i)w);
}

/// The same for the lower half of the lanes.
UK_INLINE UK_TARGET uk_lanes_i32 uk_multiply_add_half(uk_lanes_i32 sum, uk_lanes_i32 flipped,
                                                      uk_weights w) {
  const __m256i half = _mm256_dpbusd_epi32(_mm512_castsi512_si256((__m512i)sum),
                                           _mm512_castsi512_si256((__m512i)flipped),
                                           _mm512_castsi512_si256((__m512i)w));
  return (uk_lanes_i32)_mm512_zextsi256_si512(half);
}

typedef __mmask32 uk_byte_mask;

UK_INLINE UK_TARGET uk_byte_mask uk_make_byte_mask(size_t count) { return (1u << count) - 1; }

/// The bytes of x that the mask has, and zeros.
UK_INLINE UK_TARGET __m256i uk_load_masked(const int8_t *x, uk_byte_mask mask) {
  return _mm256_maskz_loadu_epi8(mask, x);
}

/// Adds bytes to their lanes of 32 bits.
UK_INLINE UK_TARGET __m256i uk_sum_bytes(__m256i sum, __m256i bytes) {
  return _mm256_dpbusd_epi32(sum, _mm256_set1_epi8(1), bytes);
}

/// Adds the bytes of a vector's groups of 4.
UK_INLINE UK_TARGET uk_lanes_i32 uk_sum_groups(uk_lanes_i32 sum, const int8_t *x) {
  const __m512i groups = _mm512_loadu_si512(x);
  return (uk_lanes_i32)_mm512_dpbusd_epi32((__m512i)sum, _mm512_set1_epi8(1), groups);
}

/// How 16 pixels of fewer than 4 bytes become 4 bytes each, filled with 0. Every fourth of them
/// begins at a whole word: words go to their quarter, then bytes to their word.
typedef struct uk_pixel_order {
  uk_lanes_i32 words, bytes;
  __mmask64 mask;
} uk_pixel_order;

UK_INLINE UK_TARGET uk_pixel_order uk_make_pixel_order(uint32_t channels) {
  const uk_lanes_i32 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const uk_lanes_i32 first = (lane & 3) * (int32_t)channels;
  return (uk_pixel_order){
      .words = (lane >> 2) * (int32_t)channels + (lane & 3),
      .bytes = (first * 0x01010101 + 0x03020100) | (int32_t)(~0u << 8 * channels),
      .mask = (1ull << 16 * channels) - 1,
  };
}

/// Returns how many of `count` pixels it has done.
UK_INLINE UK_TARGET size_t uk_s8_widen_pixels(const int8_t *x, size_t count, size_t channels,
                                              uk_pixel_order order, int8_t flip,
                                              int8_t *y) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512i pixels = _mm512_maskz_loadu_epi8(order.mask, x + i * channels);
    const __m512i quarters = _mm512_permutexvar_epi32((__m512i)order.words, pixels);
    _mm512_storeu_si512(
        y + 4 * i, _mm512_shuffle_epi8(quarters, (__m512i)order.bytes) ^ _mm512_set1_epi8(flip));
  }
  return i;
}
