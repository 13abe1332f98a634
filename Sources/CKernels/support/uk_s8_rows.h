// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_ROWS_H
#define THIMBLE_UK_S8_ROWS_H

// Rows as the tiles of an instruction set read them, and what their outputs start from.

#include "uk_s8_product.h"
#include "uk_tile_s8.h"

#if UK_STEPS == 1

/// −(zero_point + 128) times the sums of 4 rows, of each of which there are 8 partial sums.
UK_INLINE UK_TARGET void uk_s8_join_starts(const __m256i *sums, int32_t zero_point,
                                           int32_t *starts) {
  // Two steps of adding neighbours leave four rows side by side in each half.
  const __m256i ab = _mm256_hadd_epi32(sums[0], sums[1]);
  const __m256i cd = _mm256_hadd_epi32(sums[2], sums[3]);
  const __m256i halves = _mm256_hadd_epi32(ab, cd);
  const __m128i row_sums =
      _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  const __m128i products = _mm_mullo_epi32(row_sums, _mm_set1_epi32(-128 - zero_point));
  _mm_store_si128((__m128i *)starts, products);
}

/// −(zero_point + 128) · Σa of each row: what the weights' zero point and their flipping took.
///
/// A row is `taps` times `count` bytes, at `a[tap · pitch + row]`. Writes groups of 4 starts.
UK_INLINE UK_TARGET void uk_s8_row_starts(const void *const *a, size_t taps, size_t pitch,
                                          size_t count, size_t rows, int32_t zero_point,
                                          int32_t *starts) {
  const size_t whole = count / 32 * 32;
  const uk_byte_mask mask = uk_make_byte_mask(count - whole);
  for (size_t i = 0; i < rows; i += 4) {
    __m256i sums[4] = {0};
    for (size_t t = 0; t < taps; ++t) {
      const int8_t *x[4];
      UK_UNROLL for (size_t n = 0; n < 4; ++n) {
        x[n] = a[t * pitch + (i + n < rows ? i + n : rows - 1)];
      }
      for (size_t k = 0; k < whole; k += 32) {
        UK_UNROLL for (size_t n = 0; n < 4; ++n) {
          sums[n] = uk_sum_bytes(sums[n], _mm256_loadu_si256((const __m256i *)(x[n] + k)));
        }
      }
      if (whole == count) continue;
      UK_UNROLL for (size_t n = 0; n < 4; ++n) {
        sums[n] = uk_sum_bytes(sums[n], uk_load_masked(x[n] + whole, mask));
      }
    }
    uk_s8_join_starts(sums, zero_point, starts + i);
  }
}

#else

/// −zero_point · Σa of each row: what the weights' zero point took.
///
/// A row is `taps` times `count` elements, at `a[tap · pitch + row]`.
UK_INLINE UK_TARGET void uk_s8_row_starts(const void *const *a, size_t taps, size_t pitch,
                                          size_t count, size_t rows, int32_t zero_point,
                                          int32_t *starts) {
  for (size_t i = 0; i < rows; ++i) {
    int32_t sum = 0;
    for (size_t t = 0; zero_point != 0 && t < taps; ++t) {
      const int16_t *x = a[t * pitch + i];
      for (size_t k = 0; k < count; ++k) sum += x[k];
    }
    starts[i] = (int32_t)(0u - (uint32_t)zero_point * (uint32_t)sum);
  }
}

#endif

#endif
