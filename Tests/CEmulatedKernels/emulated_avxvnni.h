// SPDX-License-Identifier: Apache-2.0
// AVX-VNNI on AVX2: include before a kernel's file.
#include <immintrin.h>

#define UK_TARGET __attribute__((target("avx2,fma")))

/// vpdpbusd: adds to each lane of 32 bits its four products of an unsigned and a signed byte.
#define UK_DOT_BYTES uk_emulated_dot_bytes
static inline UK_TARGET __m256i uk_emulated_dot_bytes(__m256i sum, __m256i u, __m256i s) {
  const __m256i u_even = _mm256_and_si256(u, _mm256_set1_epi16(0xFF));
  const __m256i u_odd = _mm256_srli_epi16(u, 8);
  const __m256i s_even = _mm256_srai_epi16(_mm256_slli_epi16(s, 8), 8);
  const __m256i s_odd = _mm256_srai_epi16(s, 8);
  const __m256i even = _mm256_madd_epi16(u_even, s_even), odd = _mm256_madd_epi16(u_odd, s_odd);
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}

/// The same by the width of a vector.
#define UK_DPBUSD UK_QUAD(uk_emulated_dot)
#define uk_emulated_dot_32 uk_emulated_dot_bytes
static inline UK_TARGET __m128i uk_emulated_dot_16(__m128i sum, __m128i u, __m128i s) {
  return _mm256_castsi256_si128(uk_emulated_dot_bytes(
      _mm256_castsi128_si256(sum), _mm256_castsi128_si256(u), _mm256_castsi128_si256(s)));
}

// Names of their own beside the kernels that are emulated.
#define uk_s8_block__avxvnni uk_s8_block__emulated
#define uk_s8_gemm_requant__avxvnni uk_s8_gemm_requant__emulated
#define uk_s8_gemm_requant_add__avxvnni uk_s8_gemm_requant_add__emulated
#define uk_f32_s8_gemm_dynamic__avxvnni uk_f32_s8_gemm_dynamic__emulated
#define uk_s8_matmul_requant__avxvnni uk_s8_matmul_requant__emulated
#define uk_s8_conv_requant__avxvnni uk_s8_conv_requant__emulated
#define uk_s8_conv_requant_add__avxvnni uk_s8_conv_requant_add__emulated
#define uk_s8_conv_runs_requant__avxvnni uk_s8_conv_runs_requant__emulated
#define uk_s8_dwconv_requant__avxvnni uk_s8_dwconv_requant__emulated
#define uk_s8_dwconv_inplace_requant__avxvnni uk_s8_dwconv_inplace_requant__emulated
