// SPDX-License-Identifier: Apache-2.0
// The matrix tiles on AVX2 and FMA: 8 lanes of 32 bits.
#include <immintrin.h>

#if !defined(UK_TARGET)
#define UK_TARGET __attribute__((target("avx2,fma")))
#endif
#define UK_LANES 8

/// Makes the compiler have computed `v` here.
///
/// Left alone it regroups sums of products and holds more of them than there are registers.
#define UK_SETTLE(v) __asm__ volatile("" : "+x"(v) : : "memory")

/// Sums of two neighbouring products.
#define UK_MULTIPLY_ADD_PAIRS(a, b) (uk_lanes_i32) _mm256_madd_epi16((__m256i)(a), (__m256i)(b))

/// The low bytes of 16 lanes that are in the range of int8.
#define UK_NARROW(v) uk_narrow_avx2((__m256i)(v)[0], (__m256i)(v)[1])
static inline UK_TARGET __m128i uk_narrow_avx2(__m256i a, __m256i b) {
  // Packing works within 128-bit halves; the permutation puts the quarters in order.
  const __m256i halves = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8);
  return _mm_packs_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}
