// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_COPIED_LANES_H
#define THIMBLE_UK_COPIED_LANES_H

// 16 floats that are gathered from a few places: of each place, the lanes whose bits are set in a
// mask, which alone are read. Included behind uk_lanes.h.

#include "CKernels.h"

#if UK_VECTOR_BYTES == 64

typedef __m512 uk_lanes;

UK_INLINE uk_lanes uk_no_lanes(void) { return _mm512_setzero_ps(); }

UK_INLINE uk_lanes uk_add_lanes(uk_lanes lanes, const float *from, uint32_t mask) {
  return _mm512_mask_loadu_ps(lanes, (__mmask16)mask, from);
}

UK_INLINE void uk_store_copied(float *to, uk_lanes lanes) { _mm512_storeu_ps(to, lanes); }

#elif UK_VECTOR_BYTES == 32

typedef struct uk_lanes {
  __m256 low, high;
} uk_lanes;

UK_INLINE uk_lanes uk_no_lanes(void) {
  return (uk_lanes){_mm256_setzero_ps(), _mm256_setzero_ps()};
}

UK_INLINE __m256 uk_masked(const float *from, uint32_t mask) {
  const uk_vi bits = {1, 2, 4, 8, 16, 32, 64, 128}, all = bits - bits + (int32_t)mask;
  return _mm256_maskload_ps(from, (__m256i)((all & bits) != 0));
}

UK_INLINE uk_lanes uk_add_lanes(uk_lanes lanes, const float *from, uint32_t mask) {
  lanes.low = _mm256_or_ps(lanes.low, uk_masked(from, mask));
  lanes.high = _mm256_or_ps(lanes.high, uk_masked(from + 8, mask >> 8));
  return lanes;
}

UK_INLINE void uk_store_copied(float *to, uk_lanes lanes) {
  _mm256_storeu_ps(to, lanes.low);
  _mm256_storeu_ps(to + 8, lanes.high);
}

#else

typedef struct uk_lanes {
  float lane[UK_GRADIENT_DEPTH];
} uk_lanes;

UK_INLINE uk_lanes uk_no_lanes(void) { return (uk_lanes){{0}}; }

UK_INLINE uk_lanes uk_add_lanes(uk_lanes lanes, const float *from, uint32_t mask) {
  if (mask == 0xffff) {
    memcpy(lanes.lane, from, sizeof lanes.lane);
    return lanes;
  }
  for (uint32_t lane = 0; lane < UK_GRADIENT_DEPTH; ++lane) {
    if (mask >> lane & 1) lanes.lane[lane] = from[lane];
  }
  return lanes;
}

UK_INLINE void uk_store_copied(float *to, uk_lanes lanes) {
  memcpy(to, lanes.lane, sizeof lanes.lane);
}

#endif

#endif
