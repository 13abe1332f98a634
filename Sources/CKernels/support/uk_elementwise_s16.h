// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ELEMENTWISE_S16_H
#define THIMBLE_UK_ELEMENTWISE_S16_H

// uk_elementwise_s8.h for elements of int16: the same words for them. Include it before, or instead
// of, that one: kernels that are written for either then store int16.

#include "uk_elementwise.h"
#include "uk_requantize.h"

#define UK_INTEGER int16_t

/// int16 as a float distance from its zero point: exact.
UK_INLINE float uk_load_centered(const int16_t *x, int32_t zero_point) {
  return (float)(*x - zero_point);
}

/// Stores the int16 nearest to `v` steps from the zero point, within `[min, max]`.
UK_INLINE void uk_store_requantized(int16_t *y, float v, const uk_requantize *output) {
  *y = (int16_t)uk_requantize_steps(v, output);
}

#if defined(UK_VECTOR_BYTES)

typedef int16_t uk_vh __attribute__((vector_size(UK_VECTOR_BYTES / 2)));  // two bytes a lane

UK_INLINE uk_vi uk_load_wide(const int16_t *p) {
  uk_vh v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, uk_vi);
}

UK_INLINE uk_vf uk_load_centered_vector(const int16_t *x, int32_t zero_point) {
  return uk_to_float(uk_load_wide(x) - zero_point);
}

UK_INLINE void uk_store_requantized(int16_t *y, uk_vf v, const uk_requantize *output) {
  const int32_t zero_point = output->zero_point;
  const uk_vf clamped =
      uk_clamp(v, (float)(output->min - zero_point), (float)(output->max - zero_point));
  const uk_vi stored = (uk_vi)(clamped + UK_ROUND_MAGIC) - (UK_ROUND_MAGIC_BITS - zero_point);
  const uk_vh halves = __builtin_convertvector(stored, uk_vh);
  memcpy(y, &halves, sizeof halves);
}

#endif

#endif
