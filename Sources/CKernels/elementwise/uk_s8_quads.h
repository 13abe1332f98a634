// SPDX-License-Identifier: Apache-2.0
// Vectors of int8 as four vectors of floats, for kernels of two int8 operands on AVX2 and later.
//
// Float n of a quad holds bytes n, n + 4, … : those of one place in each lane, which need no
// shuffle to get there. Below the exponent of 2²³ a byte plus 128 is a float by itself, as long as
// it lies within the mantissa: at its places 0 and 8, where it counts 1 and 256.
#include <immintrin.h>

typedef struct uk_s8_quad {
  uk_vf v[4];
} uk_s8_quad;

/// Distances of the bytes at x from `zero_point`: exact, since nothing is rounded.
UK_INLINE uk_s8_quad uk_load_quad(const int8_t *x, int32_t zero_point) {
  uk_vi low, high;
  memcpy(&low, x, sizeof low);
  high = (low >> 16) & 0xFFFF;
  const uk_vi even_low = (low & 0xFF) ^ 0x4B000080, odd_low = (low & 0xFF00) ^ 0x4B008000;
  const uk_vi even_high = (high & 0xFF) ^ 0x4B000080, odd_high = (high & 0xFF00) ^ 0x4B008000;
  const uk_vf even = uk_splat(8388736.0f + (float)zero_point);
  const uk_vf part = uk_splat(1.0f / 256), odd = uk_splat(-32896.0f - (float)zero_point);
  return (uk_s8_quad){{
      (uk_vf)even_low - even,
      __builtin_elementwise_fma((uk_vf)odd_low, part, odd),
      (uk_vf)even_high - even,
      __builtin_elementwise_fma((uk_vf)odd_high, part, odd),
  }};
}

UK_INLINE uk_s8_quad uk_splat_quad(float x) {
  const uk_vf v = uk_splat(x);
  return (uk_s8_quad){{v, v, v, v}};
}

#if UK_VECTOR_BYTES == 64

/// Stores steps from the zero point as int8 in order; each must be in the range of int32.
UK_INLINE void uk_store_quad(int8_t *y, uk_s8_quad x, const uk_requantize *output) {
  const __m512i zero_point = _mm512_set1_epi16((int16_t)output->zero_point);
  const __m512i low =
      _mm512_packs_epi32(_mm512_cvtps_epi32(x.v[0]), _mm512_cvtps_epi32(x.v[1]));
  const __m512i high =
      _mm512_packs_epi32(_mm512_cvtps_epi32(x.v[2]), _mm512_cvtps_epi32(x.v[3]));
  __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(low, zero_point),
                                     _mm512_adds_epi16(high, zero_point));
  bytes = _mm512_max_epi8(bytes, _mm512_set1_epi8((int8_t)output->min));
  bytes = _mm512_min_epi8(bytes, _mm512_set1_epi8((int8_t)output->max));
  const __m512i order = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  _mm512_storeu_si512(y, _mm512_shuffle_epi8(bytes, order));
}

#else

/// Stores steps from the zero point as int8 in order; each must be in the range of int32.
UK_INLINE void uk_store_quad(int8_t *y, uk_s8_quad x, const uk_requantize *output) {
  const __m256i zero_point = _mm256_set1_epi16((int16_t)output->zero_point);
  const __m256i low =
      _mm256_packs_epi32(_mm256_cvtps_epi32(x.v[0]), _mm256_cvtps_epi32(x.v[1]));
  const __m256i high =
      _mm256_packs_epi32(_mm256_cvtps_epi32(x.v[2]), _mm256_cvtps_epi32(x.v[3]));
  __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(low, zero_point),
                                     _mm256_adds_epi16(high, zero_point));
  bytes = _mm256_max_epi8(bytes, _mm256_set1_epi8((int8_t)output->min));
  bytes = _mm256_min_epi8(bytes, _mm256_set1_epi8((int8_t)output->max));
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  _mm256_storeu_si256((__m256i *)y, _mm256_shuffle_epi8(bytes, order));
}

#endif

/// Whether every result is far from the ends of int32, where a conversion would lose its sign.
UK_INLINE int uk_s8_binary_fits(const uk_s8_binary_parameters *p) {
  const float most = 1073741824.0f;
  const float sum = UK_OPERATION(255.0f, 255.0f, p), difference = UK_OPERATION(-255.0f, 255.0f, p);
  return sum < most && sum > -most && difference < most && difference > -most;
}

/// Quads of a row; an operand that does not vary repeats its first element.
UK_INLINE size_t uk_binary_quads(const int8_t *a, const int a_varies, const int8_t *b,
                                 const int b_varies, int8_t *y, size_t columns,
                                 const uk_s8_binary_parameters *p) {
  uk_s8_quad qa = uk_splat_quad(uk_load_centered(a, p->a_zero_point));
  uk_s8_quad qb = uk_splat_quad(uk_load_centered(b, p->b_zero_point));
  size_t c = 0;
  for (; c + UK_VECTOR_BYTES <= columns; c += UK_VECTOR_BYTES) {
    if (a_varies) qa = uk_load_quad(a + c, p->a_zero_point);
    if (b_varies) qb = uk_load_quad(b + c, p->b_zero_point);
    uk_s8_quad steps;
    for (int n = 0; n < 4; ++n) steps.v[n] = UK_OPERATION(qa.v[n], qb.v[n], p);
    uk_store_quad(y + c, steps, &p->output);
  }
  return c;
}

/// What whole quads there are in a row, as `uk_binary_row` has it; returns how many elements.
UK_INLINE size_t uk_binary_row_quads(const int8_t *a, size_t a_column, const int8_t *b,
                                     size_t b_column, int8_t *y, size_t columns,
                                     const uk_s8_binary_parameters *p) {
  if (columns < UK_VECTOR_BYTES) return 0;
  if (a_column == 0) return b_column == 0 ? 0 : uk_binary_quads(a, 0, b, 1, y, columns, p);
  if (b_column == 0) return uk_binary_quads(a, 1, b, 0, y, columns, p);
  return uk_binary_quads(a, 1, b, 1, y, columns, p);
}
