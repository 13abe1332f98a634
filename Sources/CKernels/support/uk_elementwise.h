// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ELEMENTWISE_H
#define THIMBLE_UK_ELEMENTWISE_H

// The vocabulary of kernels that treat neighbouring elements alike: every function takes a float or
// a vector of UK_WIDTH floats, so that one expression serves a kernel's vector loop and its tail.
//
// Set by the file that includes this one, or by uk_elementwise_<isa>.h:
//   UK_FMA           multiply-adds are fused; else they are rounded twice
//   UK_VECTOR_BYTES  the size of a vector; without it there is only the scalar form
//   UK_TARGET        the function attribute that enables the instruction set

#include <string.h>

#include "uk_broadcast.h"

#pragma STDC FP_CONTRACT OFF

#if !defined(UK_TARGET)
#if defined(UK_FMA) && defined(__x86_64__)
#define UK_TARGET __attribute__((target("fma")))
#else
#define UK_TARGET
#endif
#endif

#define UK_INLINE static inline __attribute__((overloadable, always_inline)) UK_TARGET

/// x · w + acc, as the kernel's float class rounds it.
#if defined(UK_FMA)
#define UK_MULADD(x, w, acc) __builtin_elementwise_fma((x), (w), (acc))
#else
#define UK_MULADD(x, w, acc) ((x) * (w) + (acc))
#endif

/// The larger of x and `other`; `other` when x is NaN.
UK_INLINE float uk_max(float x, float other) { return x > other ? x : other; }

/// The smaller of x and `other`; `other` when x is NaN.
UK_INLINE float uk_min(float x, float other) { return x < other ? x : other; }

UK_INLINE float uk_select(int32_t condition, float yes, float no) { return condition ? yes : no; }

UK_INLINE float uk_to_float(int32_t v) { return (float)v; }

#if defined(UK_VECTOR_BYTES)

#define UK_WIDTH ((size_t)UK_VECTOR_BYTES / sizeof(float))

typedef float uk_vf __attribute__((vector_size(UK_VECTOR_BYTES)));
typedef int32_t uk_vi __attribute__((vector_size(UK_VECTOR_BYTES)));
typedef int8_t uk_vb __attribute__((vector_size(UK_VECTOR_BYTES / 4)));  // one byte a lane

/// A comparison yields lanes of all ones or all zeros.
UK_INLINE uk_vf uk_select(uk_vi condition, uk_vf yes, uk_vf no) {
  return (uk_vf)((condition & (uk_vi)yes) | (~condition & (uk_vi)no));
}

UK_INLINE uk_vf uk_splat(float x) { return x - (uk_vf){0}; }

UK_INLINE uk_vf uk_max(uk_vf x, uk_vf other) { return uk_select(x > other, x, other); }

UK_INLINE uk_vf uk_min(uk_vf x, uk_vf other) { return uk_select(x < other, x, other); }

UK_INLINE uk_vf uk_load(const float *p) {
  uk_vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

UK_INLINE void uk_store(float *p, uk_vf v) { memcpy(p, &v, sizeof v); }

/// UK_WIDTH int8, widened.
UK_INLINE uk_vi uk_load_s8(const int8_t *p) {
  uk_vb v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, uk_vi);
}

/// The low byte of each lane.
UK_INLINE void uk_store_s8(int8_t *p, uk_vi v) {
  const uk_vb bytes = __builtin_convertvector(v, uk_vb);
  memcpy(p, &bytes, sizeof bytes);
}

UK_INLINE uk_vf uk_to_float(uk_vi v) { return __builtin_convertvector(v, uk_vf); }

/// `low` and `high` are numbers, so a NaN gives `low`.
UK_INLINE uk_vf uk_clamp(uk_vf x, float low, float high) {
  return uk_min(uk_max(x, uk_splat(low)), uk_splat(high));
}

#endif  // UK_VECTOR_BYTES

UK_INLINE float uk_clamp(float x, float low, float high) { return uk_min(uk_max(x, low), high); }

#endif
