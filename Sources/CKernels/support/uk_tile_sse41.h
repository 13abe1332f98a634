// SPDX-License-Identifier: Apache-2.0
// The matrix tiles on SSE4.1: 4 lanes of 32 bits.
#include <smmintrin.h>

#define UK_TARGET __attribute__((target("sse4.1")))
#define UK_LANES 4

/// Makes the compiler have computed `v` here.
///
/// Left alone it regroups sums of products and holds more of them than there are registers.
#define UK_SETTLE(v) __asm__ volatile("" : "+x"(v) : : "memory")

/// Sums of two neighbouring products.
#define UK_MULTIPLY_ADD_PAIRS(a, b) (uk_lanes_i32) _mm_madd_epi16((__m128i)(a), (__m128i)(b))

/// The low bytes of 16 lanes that are in the range of int8.
#define UK_NARROW(v)                                                 \
  _mm_packs_epi16(_mm_packs_epi32((__m128i)(v)[0], (__m128i)(v)[1]), \
                  _mm_packs_epi32((__m128i)(v)[2], (__m128i)(v)[3]))
