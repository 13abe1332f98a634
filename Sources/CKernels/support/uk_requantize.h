// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_REQUANTIZE_H
#define THIMBLE_UK_REQUANTIZE_H

// How a real value becomes int8 or int16: see `uk_requantize` in uk_parameters.h.

#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

// 1.5 · 2²³, where neighbouring floats are 1 apart: adding it rounds |v| < 2²² to an integer, ties
// to even, which the low bits of the sum then hold. No conversion instruction is needed, so none of
// their differences between CPUs matter.
#define UK_ROUND_MAGIC 12582912.0f
#define UK_ROUND_MAGIC_BITS 0x4B400000

/// v, which must be below 2²² in magnitude, rounded to the nearest integer, ties to even.
static inline int32_t uk_round_even(float v) {
  const float shifted = v + UK_ROUND_MAGIC;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return bits - UK_ROUND_MAGIC_BITS;
}

/// The integer nearest to `v` steps from the zero point, within `[min, max]`; NaN gives `min`.
static inline int32_t uk_requantize_steps(float v, const uk_requantize *output) {
  const float low = (float)(output->min - output->zero_point);
  const float high = (float)(output->max - output->zero_point);
  float clamped = v > low ? v : low;
  clamped = clamped < high ? clamped : high;
  return uk_round_even(clamped) + output->zero_point;
}

/// The same of an int8 output.
static inline int8_t uk_requantize_f32(float v, const uk_requantize *output) {
  return (int8_t)uk_requantize_steps(v, output);
}

#endif
