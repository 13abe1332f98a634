// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_LANES_H
#define THIMBLE_UK_LANES_H

// Loads and stores of the first lanes of a vector, which touch no memory behind them. For the
// vectors of uk_elementwise_<isa>.h, included first; without one a vector is a float.

#include "uk_elementwise.h"

#if !defined(UK_VECTOR_BYTES)
#define UK_WIDTH ((size_t)1)
typedef float uk_vf;
UK_INLINE float uk_splat(float x) { return x; }
UK_INLINE float uk_load(const float *p) { return *p; }
UK_INLINE void uk_store(float *p, float v) { *p = v; }
#endif

// Fewer lanes than there are, from none on; loads put 0 into the others.
#if !defined(UK_VECTOR_BYTES)
UK_INLINE float uk_load_some(const float *p, size_t count) {
  (void)p, (void)count;
  return 0;
}
UK_INLINE void uk_store_some(float *p, float v, size_t count) { (void)p, (void)v, (void)count; }
#elif UK_VECTOR_BYTES == 64
#include <immintrin.h>
UK_INLINE uk_vf uk_load_some(const float *p, size_t count) {
  return (uk_vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
UK_INLINE void uk_store_some(float *p, uk_vf v, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
#elif UK_VECTOR_BYTES == 32
#include <immintrin.h>
UK_INLINE __m256i uk_lane_mask(size_t count) {
  return (__m256i)((uk_vi){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)count);
}
UK_INLINE uk_vf uk_load_some(const float *p, size_t count) {
  return (uk_vf)_mm256_maskload_ps(p, uk_lane_mask(count));
}
UK_INLINE void uk_store_some(float *p, uk_vf v, size_t count) {
  _mm256_maskstore_ps(p, uk_lane_mask(count), (__m256)v);
}
#else
UK_INLINE uk_vf uk_load_some(const float *p, size_t count) {
  uk_vf v = {0};
  if (count & 1) memcpy(&v, p + (count & 2), sizeof *p);
  if (count & 2) v = (uk_vf){p[0], p[1], v[0], 0};
  return v;
}
UK_INLINE void uk_store_some(float *p, uk_vf v, size_t count) {
  if (count & 2) memcpy(p, &v, 2 * sizeof *p);
  if (count & 1) p[count & 2] = count & 2 ? v[2] : v[0];
}
#endif

/// The first `count` lanes, or all; 0 in the others.
UK_INLINE uk_vf uk_load_lanes(const float *p, size_t count) {
  return count >= UK_WIDTH ? uk_load(p) : uk_load_some(p, count);
}

/// The first `count` lanes of `v`, or all; 0 in the others.
UK_INLINE uk_vf uk_keep_lanes(uk_vf v, size_t count) {
  if (count >= UK_WIDTH) return v;
  float lanes[UK_WIDTH];
  uk_store(lanes, v);
  return uk_load_some(lanes, count);
}

UK_INLINE void uk_store_lanes(float *p, uk_vf v, size_t count) {
  if (count >= UK_WIDTH) {
    uk_store(p, v);
  } else {
    uk_store_some(p, v, count);
  }
}

#endif
