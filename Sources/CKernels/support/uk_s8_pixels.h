// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_PIXELS_H
#define THIMBLE_UK_S8_PIXELS_H

// Pixels of fewer than 4 channels on 128 bits; include one of uk_tile_<isa>.h first.

#include "uk_window.h"

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
                                              uk_pixel_order order, int8_t flip,
                                              int8_t *y) {
  size_t i = 0;
  for (; (count - i) * channels >= 16; i += 4) {
    const __m128i pixels = _mm_loadu_si128((const __m128i *)(x + i * channels));
    _mm_storeu_si128((__m128i *)(y + 4 * i),
                     _mm_shuffle_epi8(pixels, order) ^ _mm_set1_epi8(flip));
  }
  return i;
}

#endif
