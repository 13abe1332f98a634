// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ELEMENTS_H
#define THIMBLE_UK_ELEMENTS_H

// Loops over neighbouring elements of operands of one size, vector by vector.

#include "uk_lanes.h"

/// Inside an expression of UK_STORE_EACH: the elements of `p` where the loop is, 0 behind the last.
#define UK_AT(p) uk_load_lanes((p) + at, left)

/// Stores a vector's value of `expression` for each element of y, 0 … count − 1. Each is stored
/// after it is read, so that y may lie on what is read.
#define UK_STORE_EACH(y, count, expression)              \
  do {                                                   \
    size_t at = 0;                                       \
    for (; at + UK_WIDTH <= (count); at += UK_WIDTH) {   \
      const size_t left = UK_WIDTH;                      \
      uk_store((y) + at, (expression));                  \
      (void)left;                                        \
    }                                                    \
    if (at < (count)) {                                  \
      const size_t left = (count) - at;                  \
      uk_store_some((y) + at, (expression), left);       \
    }                                                    \
  } while (0)

/// The elements of an operand from `first` on.
static inline float *uk_elements(const uk_arguments *arguments, size_t operand, size_t first) {
  return (float *)arguments->operands[operand].data + first;
}

#endif
