// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_EXP_H
#define THIMBLE_UK_EXP_H

#include "uk_elementwise.h"

// uk_exp(x), for a float and for a vector of them, with the same bits: eˣ = 2ⁿ·eʳ with n the
// integer nearest to x / ln 2, and eʳ = 1 + r + r²·q(r) on |r| <= ln 2 / 2.
//
// 0 below UK_EXP_LOWEST, +∞ above UK_EXP_HIGHEST, NaN for NaN. No result is subnormal, so flushing
// to zero changes nothing. At most 1.02 ulp off in either class; Tests/KernelsTests holds that.

// The results at these ends are the last normal ones, on either side.
#define UK_EXP_LOWEST -0x1.5d589ep+6f
#define UK_EXP_HIGHEST 0x1.62e42ep+6f

#define UK_EXP_LOG2_E 0x1.715476p+0f
// ln 2 in two parts, rounded to nearest; the first has 15 significant bits, so that n times it is
// exact and the unfused form reduces as well as the fused one.
#define UK_EXP_LN2_HIGH 0x1.62e4p-1f
#define UK_EXP_LN2_LOW 0x1.7f7d1cp-20f

// q by Remez exchange on the relative error of eʳ, in 60 digits, each coefficient rounded to float
// before the next ones are fitted again: relative error 2^-28.2 before rounding.
#define UK_EXP_Q0 0x1.fffffcp-2f
#define UK_EXP_Q1 0x1.55548cp-3f
#define UK_EXP_Q2 0x1.555858p-5f
#define UK_EXP_Q3 0x1.123dep-7f
#define UK_EXP_Q4 0x1.6ac74ep-10f

// 1.5 · 2²³: adding it leaves n, rounded, in the low bits of the sum.
#define UK_EXP_MAGIC 12582912.0f

/// The bits of a float times 2ⁿ, n being the low bits of `n`; what they overflow to means nothing.
UK_INLINE int32_t uk_add_exponent(int32_t bits, int32_t n) {
  return (int32_t)((uint32_t)bits + ((uint32_t)n << 23));
}

#define UK_REAL float
#define UK_INTEGER int32_t
#include "uk_exp_form.h"
#undef UK_REAL
#undef UK_INTEGER

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vi uk_add_exponent(uk_vi bits, uk_vi n) { return bits + (n << 23); }

#define UK_REAL uk_vf
#define UK_INTEGER uk_vi
#include "uk_exp_form.h"
#undef UK_REAL
#undef UK_INTEGER
#endif

#endif
