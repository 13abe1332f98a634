// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ELEMENTWISE_S8_H
#define THIMBLE_UK_ELEMENTWISE_S8_H

// uk_elementwise.h for kernels whose elements are int8.

#include "uk_elementwise.h"
#include "uk_requantize.h"

/// The stored type, where a kernel's file has not chosen another.
#if !defined(UK_INTEGER)
#define UK_INTEGER int8_t
#endif

/// int8 as a float distance from its zero point: exact.
UK_INLINE float uk_load_centered(const int8_t *x, int32_t zero_point) {
  return (float)(*x - zero_point);
}

/// Stores the int8 nearest to `v` steps from the zero point, within `[min, max]`.
UK_INLINE void uk_store_requantized(int8_t *y, float v, const uk_requantize *output) {
  *y = uk_requantize_f32(v, output);
}

#if defined(UK_VECTOR_BYTES)

typedef int8_t uk_vq __attribute__((vector_size(UK_VECTOR_BYTES)));  // as wide as a uk_vf

UK_INLINE uk_vq uk_load_bytes(const int8_t *p) {
  uk_vq v;
  memcpy(&v, p, sizeof v);
  return v;
}

UK_INLINE void uk_store_bytes(int8_t *p, uk_vq v) { memcpy(p, &v, sizeof v); }

UK_INLINE uk_vi uk_load_wide(const int8_t *p) { return uk_load_s8(p); }

UK_INLINE uk_vf uk_load_centered_vector(const int8_t *x, int32_t zero_point) {
  return uk_to_float(uk_load_s8(x) - zero_point);
}

UK_INLINE void uk_store_requantized(int8_t *y, uk_vf v, const uk_requantize *output) {
  const int32_t zero_point = output->zero_point;
  const uk_vf clamped =
      uk_clamp(v, (float)(output->min - zero_point), (float)(output->max - zero_point));
  uk_store_s8(y, (uk_vi)(clamped + UK_ROUND_MAGIC) - (UK_ROUND_MAGIC_BITS - zero_point));
}

#endif

#endif
