// SPDX-License-Identifier: Apache-2.0
// int16 products on AVX2. Include it first.
#include <immintrin.h>

#define UK_TARGET __attribute__((target("avx2,fma")))
#define UK_UNROLL _Pragma("clang loop unroll(full)")
#define UK_S16_TILE_ROWS 3
#define UK_S16_VECTORS 4

#include "uk_s16_product.h"
#include "uk_s16_store_avx2.h"

typedef __m256i uk_s16_vector;

UK_INLINE UK_TARGET __m256i uk_s16_zero(void) { return _mm256_setzero_si256(); }

UK_INLINE UK_TARGET __m256i uk_s16_widen(const int8_t *w) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)w));
}

UK_INLINE UK_TARGET __m256i uk_s16_broadcast(uint64_t x) {
  return _mm256_set1_epi64x((int64_t)x);
}

UK_INLINE UK_TARGET __m256i uk_s16_dot(__m256i acc, __m256i x, __m256i w) {
  return _mm256_add_epi32(acc, _mm256_madd_epi16(x, w));
}

UK_INLINE UK_TARGET uk_s16_columns uk_s16_join(const __m256i *acc) {
  // Columns 0 1 4 5 2 3 6 7, by quarters put in order.
  return (uk_s16_columns){{
      _mm256_permute4x64_epi64(_mm256_hadd_epi32(acc[0], acc[1]), 0xD8),
      _mm256_permute4x64_epi64(_mm256_hadd_epi32(acc[2], acc[3]), 0xD8),
  }};
}

#include "uk_s16_tile.h"
