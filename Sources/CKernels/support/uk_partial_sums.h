// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_PARTIAL_SUMS_H
#define THIMBLE_UK_PARTIAL_SUMS_H

#include <string.h>

#include "CKernels.h"

/// How many interleaved partial sums a float reduction keeps, whatever the width of its vectors.
#define UK_PARTIAL_SUMS 32

/// Four neighbouring partial sums: a register of every CPU that has vectors.
typedef float uk_four_sums __attribute__((vector_size(16)));

/// The sum of the partial sums: the upper half is added to the lower, five times.
static inline float uk_join_partial_sums(const float *partial) {
  uk_four_sums sums[UK_PARTIAL_SUMS / 4];
  memcpy(sums, partial, sizeof sums);
  for (size_t half = UK_PARTIAL_SUMS / 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
  }
  return (sums[0][0] + sums[0][2]) + (sums[0][1] + sums[0][3]);
}

#endif
