// SPDX-License-Identifier: Apache-2.0
// int16 products on SSE4.1. Include it first.
#include <immintrin.h>

#define UK_TARGET __attribute__((target("sse4.1")))
#define UK_UNROLL _Pragma("clang loop unroll(full)")
#define UK_S16_TILE_ROWS 1
#define UK_S16_VECTORS 8

#include "uk_s16_product.h"

typedef __m128i uk_s16_vector;

UK_INLINE UK_TARGET __m128i uk_s16_zero(void) { return _mm_setzero_si128(); }

UK_INLINE UK_TARGET __m128i uk_s16_widen(const int8_t *w) {
  return _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)w));
}

UK_INLINE UK_TARGET __m128i uk_s16_broadcast(uint64_t x) { return _mm_set1_epi64x((int64_t)x); }

UK_INLINE UK_TARGET __m128i uk_s16_dot(__m128i acc, __m128i x, __m128i w) {
  return _mm_add_epi32(acc, _mm_madd_epi16(x, w));
}

/// int32 sums of 16 columns.
typedef struct uk_s16_columns {
  __m128i v[4];
} uk_s16_columns;

UK_INLINE UK_TARGET uk_s16_columns uk_s16_join(const __m128i *acc) {
  uk_s16_columns columns;
  UK_UNROLL for (int v = 0; v < 4; ++v) {
    columns.v[v] = _mm_hadd_epi32(acc[2 * v], acc[2 * v + 1]);
  }
  return columns;
}

/// Two sums: those at `from` and columns `2 · pair ..< 2 · pair + 2`.
UK_INLINE UK_TARGET __m128i uk_s16_pair(const uk_s16_columns *columns, int pair,
                                        const int64_t *from) {
  const __m128i four = columns->v[pair / 2];
  const __m128i addends = _mm_cvtepi32_epi64(pair % 2 == 0 ? four : _mm_srli_si128(four, 8));
  return _mm_add_epi64(_mm_loadu_si128((const __m128i *)(from + 2 * pair)), addends);
}

UK_INLINE UK_TARGET void uk_s16_spill(uk_s16_columns columns, const int64_t *from, int64_t *to) {
  UK_UNROLL for (int pair = 0; pair < 8; ++pair) {
    _mm_storeu_si128((__m128i *)(to + 2 * pair), uk_s16_pair(&columns, pair, from));
  }
}

/// Two int64 as float32, by float64, each rounded to nearest even; see uk_s16_store_avx2.h.
UK_INLINE UK_TARGET __m128 uk_s16_to_float(__m128i sum) {
  const __m128d high_base = _mm_set1_pd(0x3p67), low_base = _mm_set1_pd(0x1p52);
  __m128i high = _mm_blend_epi16(_mm_srai_epi32(sum, 16), _mm_setzero_si128(), 0x33);
  high = _mm_add_epi64(high, _mm_castpd_si128(high_base));
  const __m128i low = _mm_blend_epi16(sum, _mm_castpd_si128(low_base), 0x88);
  const __m128d shifted = _mm_sub_pd(_mm_castsi128_pd(high), _mm_set1_pd(0x3p67 + 0x1p52));
  return _mm_cvtpd_ps(_mm_add_pd(shifted, _mm_castsi128_pd(low)));
}

/// The first `count` of 16 outputs, of sums in float32.
UK_INLINE UK_TARGET void uk_s16_store_floats(const __m128 *sums, const float *scale,
                                             const uk_requantize *output, int16_t *y,
                                             const size_t count) {
  __m128i steps[4];
  UK_UNROLL for (int four = 0; four < 4; ++four) {
    __m128 v = _mm_mul_ps(sums[four], _mm_loadu_ps(scale + 4 * four));
    v = _mm_max_ps(v, _mm_set1_ps((float)output->min));
    v = _mm_min_ps(v, _mm_set1_ps((float)output->max));
    steps[four] = _mm_cvtps_epi32(v);
  }
  const __m128i outputs[2] = {_mm_packs_epi32(steps[0], steps[1]),
                              _mm_packs_epi32(steps[2], steps[3])};
  memcpy(y, outputs, count * sizeof *y);
}

UK_INLINE UK_TARGET void uk_s16_store(uk_s16_columns columns, const int64_t *from,
                                      const float *scale, const uk_requantize *output, int16_t *y,
                                      const size_t count) {
  __m128 v[4];
  UK_UNROLL for (int four = 0; four < 4; ++four) {
    v[four] = _mm_movelh_ps(uk_s16_to_float(uk_s16_pair(&columns, 2 * four, from)),
                            uk_s16_to_float(uk_s16_pair(&columns, 2 * four + 1, from)));
  }
  uk_s16_store_floats(v, scale, output, y, count);
}

UK_INLINE UK_TARGET void uk_s16_store_narrow(uk_s16_columns columns, const int32_t *bias,
                                             const float *scale, const uk_requantize *output,
                                             int16_t *y, const size_t count) {
  __m128 v[4];
  UK_UNROLL for (int four = 0; four < 4; ++four) {
    const __m128i biases = _mm_loadu_si128((const __m128i *)(bias + 4 * four));
    v[four] = _mm_cvtepi32_ps(_mm_add_epi32(columns.v[four], biases));
  }
  uk_s16_store_floats(v, scale, output, y, count);
}

#include "uk_s16_tile.h"
