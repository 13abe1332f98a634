// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX-VNNI: tiles of 6 rows by 16 columns.
#if !defined(UK_TARGET)
#define UK_TARGET __attribute__((target("avx2,fma,avxvnni")))
#endif
#include "uk_tile_avx2.h"
#include "uk_s8_lanes_avx2.h"
#include "uk_s8_pixels.h"

#define UK_STEPS 1
#define UK_TILE_WIDTH 2
#define UK_TILE_SUMS 12
#define UK_S8_TILES(tile) tile(1, 6)
#define UK_S8_BLOCK uk_s8_block__avxvnni

// Tests run this file without the instruction.
#if !defined(UK_DOT_BYTES)
#define UK_DOT_BYTES _mm256_dpbusd_avx_epi32
#endif

typedef __m256i uk_weights;

UK_INLINE UK_TARGET uk_weights uk_unpack_weights(const int8_t *w, int step) {
  (void)step;
  return _mm256_loadu_si256((const __m256i *)w) ^ _mm256_set1_epi8(-128);
}

UK_INLINE UK_TARGET uk_lanes_i32 uk_multiply_add(uk_lanes_i32 sum, uk_weights w, int32_t group) {
  return (uk_lanes_i32)UK_DOT_BYTES((__m256i)sum, w, _mm256_set1_epi32(group));
}

typedef size_t uk_byte_mask;

UK_INLINE UK_TARGET uk_byte_mask uk_make_byte_mask(size_t count) { return count; }

/// The first bytes of x, and zeros.
UK_INLINE UK_TARGET __m256i uk_load_masked(const int8_t *x, uk_byte_mask count) {
  int8_t bytes[32] = {0};
  const size_t whole = count & 16;
  if (whole != 0) memcpy(bytes, x, 16);
  uk_copy_panel(bytes + whole, x + whole, count - whole, 1);
  return _mm256_loadu_si256((const __m256i *)bytes);
}

/// Adds bytes to their lanes of 32 bits.
UK_INLINE UK_TARGET __m256i uk_sum_bytes(__m256i sum, __m256i bytes) {
  return UK_DOT_BYTES(sum, _mm256_set1_epi8(1), bytes);
}

/// Adds the bytes of a vector's groups of 4.
UK_INLINE UK_TARGET uk_lanes_i32 uk_sum_groups(uk_lanes_i32 sum, const int8_t *x) {
  return (uk_lanes_i32)uk_sum_bytes((__m256i)sum, _mm256_loadu_si256((const __m256i *)x));
}
