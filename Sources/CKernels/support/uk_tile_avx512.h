// SPDX-License-Identifier: Apache-2.0
// The matrix tiles on AVX-512: 16 lanes of 32 bits.
#include <immintrin.h>

#if !defined(UK_TARGET)
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#endif
#define UK_LANES 16

/// Makes the compiler have computed `v` here.
///
/// Left alone it regroups sums of products and holds more of them than there are registers.
#define UK_SETTLE(v) __asm__ volatile("" : "+v"(v) : : "memory")

/// Sums of two neighbouring products.
#define UK_MULTIPLY_ADD_PAIRS(a, b) (uk_lanes_i32) _mm512_madd_epi16((__m512i)(a), (__m512i)(b))

/// The low bytes of 16 lanes that are in the range of int8.
#define UK_NARROW(v) _mm512_cvtepi32_epi8((__m512i)(v)[0])
