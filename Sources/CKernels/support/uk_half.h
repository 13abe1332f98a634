// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_HALF_H
#define THIMBLE_UK_HALF_H

// Lower halves of vectors of AVX-512: for 8 columns behind a multiple of 16 they cost half as much.
// With other instruction sets a half is as good as the whole.

#include "uk_lanes.h"

#if UK_VECTOR_BYTES == 64
typedef float uk_vh __attribute__((vector_size(32)));

UK_INLINE uk_vh uk_lower_half(uk_vf v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// x · w + acc in the lower half.
UK_INLINE uk_vf uk_muladd_half(const float *x, uk_vf w, uk_vf acc) {
  // As if it had changed: what is loaded for one multiplication is broadcast as its operand, which
  // is free; what is loaded for two is broadcast to a register, which costs half as much as they.
  __asm__("" : "+m"(*(float *)x));
  const uk_vh sum = UK_MULADD(*x - (uk_vh){0}, uk_lower_half(w), uk_lower_half(acc));
  return __builtin_shufflevector(sum, sum, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1);
}

/// The first `count` lanes, but no more than the lower half.
UK_INLINE void uk_store_half(float *p, uk_vf v, size_t count) {
  const uk_vh half = uk_lower_half(v);
  if (count >= UK_WIDTH / 2) {
    memcpy(p, &half, sizeof half);
  } else {
    uk_store_some(p, v, count);
  }
}
#else
UK_INLINE uk_vf uk_muladd_half(const float *x, uk_vf w, uk_vf acc) {
  return UK_MULADD(uk_splat(*x), w, acc);
}

UK_INLINE void uk_store_half(float *p, uk_vf v, size_t count) { uk_store_lanes(p, v, count); }
#endif

#endif
