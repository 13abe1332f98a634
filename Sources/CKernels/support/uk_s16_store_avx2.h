// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S16_STORE_AVX2_H
#define THIMBLE_UK_S16_STORE_AVX2_H

// From sums to int16 outputs on AVX2.

/// int32 sums of 16 columns.
typedef struct uk_s16_columns {
  __m256i v[2];
} uk_s16_columns;

/// Four sums: those at `from` and a quarter of the columns.
UK_INLINE UK_TARGET __m256i uk_s16_quarter(const uk_s16_columns *columns, int quarter,
                                           const int64_t *from) {
  const __m256i half = columns->v[quarter / 2];
  const __m128i addends =
      quarter % 2 == 0 ? _mm256_castsi256_si128(half) : _mm256_extracti128_si256(half, 1);
  return _mm256_add_epi64(_mm256_loadu_si256((const __m256i *)(from + 4 * quarter)),
                          _mm256_cvtepi32_epi64(addends));
}

UK_INLINE UK_TARGET void uk_s16_spill(uk_s16_columns columns, const int64_t *from, int64_t *to) {
  UK_UNROLL for (int q = 0; q < 4; ++q) {
    _mm256_storeu_si256((__m256i *)(to + 4 * q), uk_s16_quarter(&columns, q, from));
  }
}

/// Four int64 as float32, by float64, each rounded to nearest even.
///
/// The upper and the lower half become floats by standing in the fractions of 3 · 2⁶⁷ and 2⁵²; the
/// last addition alone rounds.
UK_INLINE UK_TARGET __m128 uk_s16_to_float(__m256i sum) {
  const __m256d high_base = _mm256_set1_pd(0x3p67), low_base = _mm256_set1_pd(0x1p52);
  __m256i high = _mm256_blend_epi16(_mm256_srai_epi32(sum, 16), _mm256_setzero_si256(), 0x33);
  high = _mm256_add_epi64(high, _mm256_castpd_si256(high_base));
  const __m256i low = _mm256_blend_epi16(sum, _mm256_castpd_si256(low_base), 0x88);
  const __m256d shifted =
      _mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(0x3p67 + 0x1p52));
  return _mm256_cvtpd_ps(_mm256_add_pd(shifted, _mm256_castsi256_pd(low)));
}

/// Eight sums, in float32, requantised, in int32.
UK_INLINE UK_TARGET __m256i uk_s16_requantize(__m256 v, const float *scale,
                                              const uk_requantize *output) {
  v = _mm256_mul_ps(v, _mm256_loadu_ps(scale));
  v = _mm256_max_ps(v, _mm256_set1_ps((float)output->min));
  v = _mm256_min_ps(v, _mm256_set1_ps((float)output->max));
  return _mm256_cvtps_epi32(v);
}

/// The first `count` of 16 outputs, of sums in float32.
UK_INLINE UK_TARGET void uk_s16_store_floats(const __m256 *v, const float *scale,
                                             const uk_requantize *output, int16_t *y,
                                             const size_t count) {
  const __m256i low = uk_s16_requantize(v[0], scale, output);
  const __m256i high = uk_s16_requantize(v[1], scale + 8, output);
  const __m256i outputs = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
  if (count == 16) {
    _mm256_storeu_si256((__m256i *)y, outputs);
  } else {
    memcpy(y, &outputs, count * sizeof *y);
  }
}

UK_INLINE UK_TARGET void uk_s16_store(uk_s16_columns columns, const int64_t *from,
                                      const float *scale, const uk_requantize *output, int16_t *y,
                                      const size_t count) {
  __m256 v[2];
  UK_UNROLL for (int half = 0; half < 2; ++half) {
    v[half] = _mm256_set_m128(uk_s16_to_float(uk_s16_quarter(&columns, 2 * half + 1, from)),
                              uk_s16_to_float(uk_s16_quarter(&columns, 2 * half, from)));
  }
  uk_s16_store_floats(v, scale, output, y, count);
}

UK_INLINE UK_TARGET void uk_s16_store_narrow(uk_s16_columns columns, const int32_t *bias,
                                             const float *scale, const uk_requantize *output,
                                             int16_t *y, const size_t count) {
  __m256 v[2];
  UK_UNROLL for (int half = 0; half < 2; ++half) {
    const __m256i biases = _mm256_loadu_si256((const __m256i *)(bias + 8 * half));
    v[half] = _mm256_cvtepi32_ps(_mm256_add_epi32(columns.v[half], biases));
  }
  uk_s16_store_floats(v, scale, output, y, count);
}

#endif
