// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_PAIRS_H
#define THIMBLE_UK_S8_PAIRS_H

// A group of 4 along k in two steps, for instruction sets without a dot product of bytes: products
// of int16 are added in pairs. Of the weights a, b, c, d the first step takes (a, c), the second
// (b, d).

#include "uk_tile_lanes.h"

#define UK_STEPS 2

typedef int16_t uk_weights __attribute__((ext_vector_type(2 * UK_LANES)));

UK_INLINE UK_TARGET uk_weights uk_unpack_weights(const int8_t *w, int step) {
  uk_weights columns;
  memcpy(&columns, w, sizeof columns);
  return step == 0 ? (columns << 8) >> 8 : columns >> 8;
}

UK_INLINE UK_TARGET uk_lanes_i32 uk_multiply_add(uk_lanes_i32 sum, uk_weights w, int32_t pair) {
  sum += UK_MULTIPLY_ADD_PAIRS((uk_lanes_i32)pair, w);
  UK_SETTLE(sum);
  return sum;
}

#endif
