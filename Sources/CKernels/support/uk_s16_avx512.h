// SPDX-License-Identifier: Apache-2.0
// int16 products on AVX-512, with VNNI where UK_S16_VNNI is defined. Include it first.
#include <immintrin.h>

#if defined(UK_S16_VNNI)
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")))
#else
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#endif
#define UK_UNROLL _Pragma("clang loop unroll(full)")
#define UK_S16_TILE_ROWS 8
#define UK_S16_VECTORS 2

#include "uk_s16_product.h"
#include "uk_s16_store_avx512.h"

typedef __m512i uk_s16_vector;

UK_INLINE UK_TARGET __m512i uk_s16_zero(void) { return _mm512_setzero_si512(); }

UK_INLINE UK_TARGET __m512i uk_s16_widen(const int8_t *w) {
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)w));
}

UK_INLINE UK_TARGET __m512i uk_s16_broadcast(uint64_t x) {
  return _mm512_set1_epi64((int64_t)x);
}

UK_INLINE UK_TARGET __m512i uk_s16_dot(__m512i acc, __m512i x, __m512i w) {
#if defined(UK_S16_VNNI)
  return _mm512_dpwssd_epi32(acc, x, w);
#else
  return _mm512_add_epi32(acc, _mm512_madd_epi16(x, w));
#endif
}

UK_INLINE UK_TARGET uk_s16_columns uk_s16_join(const __m512i *acc) {
  const __m512i even =
      _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
  const __m512i columns = _mm512_add_epi32(_mm512_permutex2var_epi32(acc[0], even, acc[1]),
                                           _mm512_permutex2var_epi32(acc[0], odd, acc[1]));
  return (uk_s16_columns){
      {_mm512_castsi512_si256(columns), _mm512_extracti64x4_epi64(columns, 1)}};
}

#include "uk_s16_tile.h"
