// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ROW_SUMS_H
#define THIMBLE_UK_ROW_SUMS_H

// Partial sums of a row in registers, for kernels that pass over rows vector by vector.

#include "uk_lanes.h"
#include "uk_partial_sums.h"

#define UK_SUM_VECTORS (UK_PARTIAL_SUMS / UK_WIDTH)

/// Loops over these vectors leave no loop where there are vectors.
#if defined(UK_VECTOR_BYTES)
#define UK_EACH_SUM(v)              \
  _Pragma("clang loop unroll(full)") \
  for (size_t v = 0; v < UK_SUM_VECTORS; ++v)
#else
#define UK_EACH_SUM(v) for (size_t v = 0; v < UK_SUM_VECTORS; ++v)
#endif

typedef struct uk_row_sums {
  uk_vf of[UK_SUM_VECTORS];
} uk_row_sums;

/// All +0. So no sum is ever −0, and adding 0 to those of lanes behind a row's end changes nothing.
UK_INLINE uk_row_sums uk_no_sums(void) {
  uk_row_sums sums;
  UK_EACH_SUM(v) sums.of[v] = uk_splat(0);
  return sums;
}

UK_INLINE float uk_join_sums(const uk_row_sums *sums) {
  float partial[UK_PARTIAL_SUMS];
  memcpy(partial, sums, sizeof partial);
  return uk_join_partial_sums(partial);
}

#endif
