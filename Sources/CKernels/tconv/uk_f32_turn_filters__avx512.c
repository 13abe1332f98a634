// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>

#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define UK_INLINE static inline __attribute__((always_inline)) UK_TARGET
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// Transposes rows of 16: quads of each four rows first, then the quads.
UK_INLINE void uk_turn_16(__m512 r[16]) {
  __m512 a[16], b[16];
  UK_UNROLL for (int i = 0; i < 16; i += 2) {
    a[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    a[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  UK_UNROLL for (int i = 0; i < 16; i += 4) {
    UK_UNROLL for (int j = 0; j < 2; ++j) {
      const __m512d low = _mm512_castps_pd(a[i + j]), high = _mm512_castps_pd(a[i + j + 2]);
      b[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      b[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    }
  }
  UK_UNROLL for (int i = 0; i < 4; ++i) {
    const __m512 c = _mm512_shuffle_f32x4(b[i], b[i + 4], 0x44);
    const __m512 d = _mm512_shuffle_f32x4(b[i], b[i + 4], 0xEE);
    const __m512 e = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0x44);
    const __m512 f = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0xEE);
    r[i] = _mm512_shuffle_f32x4(c, e, 0x88);
    r[i + 4] = _mm512_shuffle_f32x4(c, e, 0xDD);
    r[i + 8] = _mm512_shuffle_f32x4(d, f, 0x88);
    r[i + 12] = _mm512_shuffle_f32x4(d, f, 0xDD);
  }
}

/// y[columns][16] = the transpose of x[rows][16], zeros behind its rows.
UK_INLINE void uk_turn_tile(const float *x, size_t rows, size_t columns, float *y) {
  __m512 r[16];
  UK_UNROLL for (size_t i = 0; i < 16; ++i) {
    r[i] = i < rows ? _mm512_loadu_ps(x + i * 16) : _mm512_setzero_ps();
  }
  uk_turn_16(r);
  UK_UNROLL for (size_t i = 0; i < 16; ++i) {
    if (i < columns) _mm512_storeu_ps(y + i * 16, r[i]);
  }
}

#define UK_SYMBOL uk_f32_turn_filters__avx512
#include "uk_f32_turn_filters.h"
#endif
