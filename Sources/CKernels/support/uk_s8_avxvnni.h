// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX-VNNI: tiles of 6 rows by 16 columns.
#if !defined(UK_TARGET)
#define UK_TARGET __attribute__((target("avx2,fma,avxvnni")))
#endif
#include "uk_tile_avx2.h"
#include "uk_s8_lanes_avx2.h"

#define UK_STEPS 1
#define UK_TILE_WIDTH 2
#define UK_TILE_SUMS 12
#define UK_S8_TILES(tile) tile(1, 6)
#define UK_S8_ROWS UK_DOT_ROWS
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

/// How 4 pixels of fewer than 4 bytes become 4 bytes each, filled with 0.
typedef __m128i uk_pixel_order;

UK_INLINE UK_TARGET uk_pixel_order uk_make_pixel_order(uint32_t channels) {
  const __m128i first = _mm_mullo_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32((int)channels));
  const __m128i bytes = _mm_add_epi32(_mm_mullo_epi32(first, _mm_set1_epi32(0x01010101)),
                                      _mm_set1_epi32(0x03020100));
  return _mm_or_si128(bytes, _mm_set1_epi32((int32_t)(~0u << 8 * channels)));
}

/// Returns how many of `count` pixels it has done: as long as 16 bytes are there to be read.
UK_INLINE UK_TARGET size_t uk_s8_widen_pixels(const int8_t *x, size_t count, size_t channels,
                                              uk_pixel_order order, int8_t *y) {
  size_t i = 0;
  for (; (count - i) * channels >= 16; i += 4) {
    const __m128i pixels = _mm_loadu_si128((const __m128i *)(x + i * channels));
    _mm_storeu_si128((__m128i *)(y + 4 * i), _mm_shuffle_epi8(pixels, order));
  }
  return i;
}
