// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_PARTIAL_SUMS_H
#define THIMBLE_UK_PARTIAL_SUMS_H

#include "CKernels.h"

/// How many interleaved partial sums a float reduction keeps, whatever the width of its vectors.
#define UK_PARTIAL_SUMS 32

/// The sum of the partial sums: the upper half is added to the lower, five times.
static inline float uk_join_partial_sums(float *partial) {
  for (size_t half = UK_PARTIAL_SUMS / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) partial[i] += partial[i + half];
  }
  return partial[0];
}

#endif
