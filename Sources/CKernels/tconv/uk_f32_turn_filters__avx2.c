// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>

#define UK_TARGET __attribute__((target("avx2")))
#define UK_INLINE static inline __attribute__((always_inline)) UK_TARGET
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// Transposes rows of 8.
UK_INLINE void uk_turn_8(__m256 r[8]) {
  __m256 a[8], b[8];
  UK_UNROLL for (int i = 0; i < 8; i += 2) {
    a[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    a[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  UK_UNROLL for (int i = 0; i < 8; i += 4) {
    UK_UNROLL for (int j = 0; j < 2; ++j) {
      const __m256d low = _mm256_castps_pd(a[i + j]), high = _mm256_castps_pd(a[i + j + 2]);
      b[i + 2 * j] = _mm256_castpd_ps(_mm256_unpacklo_pd(low, high));
      b[i + 2 * j + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low, high));
    }
  }
  UK_UNROLL for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x20);
    r[i + 4] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x31);
  }
}

/// y[columns][16] = the transpose of x[rows][16], zeros behind its rows.
UK_INLINE void uk_turn_tile(const float *x, size_t rows, size_t columns, float *y) {
  for (size_t k = 0; k < 16; k += 8) {
    for (size_t c = 0; c < columns; c += 8) {
      __m256 r[8];
      UK_UNROLL for (size_t i = 0; i < 8; ++i) {
        r[i] = k + i < rows ? _mm256_loadu_ps(x + (k + i) * 16 + c) : _mm256_setzero_ps();
      }
      uk_turn_8(r);
      UK_UNROLL for (size_t i = 0; i < 8; ++i) {
        if (c + i < columns) _mm256_storeu_ps(y + (c + i) * 16 + k, r[i]);
      }
    }
  }
}

#define UK_SYMBOL uk_f32_turn_filters__avx2
#include "uk_f32_turn_filters.h"
#endif
