// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S16_STORE_AVX512_H
#define THIMBLE_UK_S16_STORE_AVX512_H

// From sums to int16 outputs on AVX-512.

/// int32 sums of 16 columns.
typedef struct uk_s16_columns {
  __m256i v[2];
} uk_s16_columns;

/// Eight sums: those at `from` and half of the columns.
UK_INLINE UK_TARGET __m512i uk_s16_half(__m256i columns, const int64_t *from) {
  return _mm512_add_epi64(_mm512_loadu_si512(from), _mm512_cvtepi32_epi64(columns));
}

UK_INLINE UK_TARGET void uk_s16_spill(uk_s16_columns columns, const int64_t *from, int64_t *to) {
  _mm512_storeu_si512(to, uk_s16_half(columns.v[0], from));
  _mm512_storeu_si512(to + 8, uk_s16_half(columns.v[1], from + 8));
}

/// Eight sums as float32, by float64, each rounded to nearest even.
UK_INLINE UK_TARGET __m256 uk_s16_to_float(__m256i columns, const int64_t *from) {
  return _mm512_cvtpd_ps(_mm512_cvtepi64_pd(uk_s16_half(columns, from)));
}

/// The first `count` of 16 outputs, of sums in float32.
UK_INLINE UK_TARGET void uk_s16_store_floats(__m512 v, const float *scale,
                                             const uk_requantize *output, int16_t *y,
                                             const size_t count) {
  v = _mm512_mul_ps(v, _mm512_loadu_ps(scale));
  v = _mm512_max_ps(v, _mm512_set1_ps((float)output->min));
  v = _mm512_min_ps(v, _mm512_set1_ps((float)output->max));
  const __m256i outputs = _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v));
  if (count == 16) {
    _mm256_storeu_si256((__m256i *)y, outputs);
  } else {
    _mm256_mask_storeu_epi16(y, (__mmask16)((1u << count) - 1), outputs);
  }
}

UK_INLINE UK_TARGET void uk_s16_store(uk_s16_columns columns, const int64_t *from,
                                      const float *scale, const uk_requantize *output, int16_t *y,
                                      const size_t count) {
  const __m256 low = uk_s16_to_float(columns.v[0], from);
  const __m256 high = uk_s16_to_float(columns.v[1], from + 8);
  const __m512 v = _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  uk_s16_store_floats(v, scale, output, y, count);
}

UK_INLINE UK_TARGET void uk_s16_store_narrow(uk_s16_columns columns, const int32_t *bias,
                                             const float *scale, const uk_requantize *output,
                                             int16_t *y, const size_t count) {
  const __m512i sums =
      _mm512_inserti64x4(_mm512_castsi256_si512(columns.v[0]), columns.v[1], 1);
  const __m512i biased = _mm512_add_epi32(sums, _mm512_loadu_si512(bias));
  uk_s16_store_floats(_mm512_cvtepi32_ps(biased), scale, output, y, count);
}

#endif
