// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_REAL_H
#define THIMBLE_UK_REAL_H

#include "uk_elementwise.h"

// One type for kernels that are written once for lanes and once more for a single float: `uk_real`
// is UK_REAL_LANES neighbouring floats. Without vectors that is one.

#if defined(UK_VECTOR_BYTES)
#define UK_REAL_LANES (UK_VECTOR_BYTES / 4)
typedef uk_vf uk_real;
#else
#define UK_REAL_LANES 1
typedef float uk_real;
#endif

UK_INLINE uk_real uk_real_load(const float *x) {
  uk_real v;
  memcpy(&v, x, sizeof v);
  return v;
}

UK_INLINE void uk_real_store(float *y, uk_real v) { memcpy(y, &v, sizeof v); }

UK_INLINE uk_real uk_real_splat(float x) { return x - (uk_real){0}; }

#endif
