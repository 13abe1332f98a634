// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S16_PRODUCT_H
#define THIMBLE_UK_S16_PRODUCT_H

// Rows of int16 by panels of int8 weights.
//
// Weights are widened as they are read: 4 neighbours along the depth of each column, which meet the
// same 4 of a row, twice two products in a lane of 32 bits. A product is at most 2²², of −32768
// and −128, and two of them 2²³: after UK_S16_GROUPS groups a lane, and the sum of both lanes of a
// column, is still within int32. Then they are added to int64.

#include <string.h>

#include "uk_gemm_part.h"
#include "uk_window.h"

/// 2 · 127 · 2²³ < 2³¹.
#define UK_S16_GROUPS 127

#define UK_S16_PANEL 16
#define UK_S16_GROUP_BYTES (4 * UK_S16_PANEL)

/// Sums of so many products, and biases of so many bits, are within int32 together.
#define UK_S16_NARROW_DEPTH 256
#define UK_S16_NARROW_BIAS 30

/// A block of rows and the panels that they meet.
typedef struct uk_s16_product {
  const int16_t *const *a;  // [tap][pitch]: where a row's elements of a tap are
  const uint64_t *tails;    // [tap][pitch]: what they have behind whole groups, then 0; or NULL
  size_t taps, pitch;
  size_t groups;            // whole groups of 4 elements in a tap
  const int8_t *weights;    // of the first panel
  size_t panel_bytes;
  const int64_t *bias;
  const float *scale;
  const uk_requantize *output;
  int16_t *const *y;        // for each row
  size_t columns;
} uk_s16_product;

/// Up to 4 elements, 0 behind them.
UK_INLINE uint64_t uk_s16_group(const int16_t *x, size_t count) {
  uint64_t group = 0;
  memcpy(&group, x, count * sizeof *x);
  return group;
}

/// Narrows 16 biases; returns whether they are what they were.
UK_INLINE int uk_s16_narrow(const int64_t *bias, int32_t *narrow) {
  int64_t high = 0;
  for (int i = 0; i < UK_S16_PANEL; ++i) {
    high |= bias[i] >> UK_S16_NARROW_BIAS ^ bias[i] >> 63;
    narrow[i] = (int32_t)bias[i];
  }
  return high == 0;
}

UK_INLINE size_t uk_s16_panel_bytes(size_t taps, size_t depth) {
  return taps * uk_round_up(depth, 4) * UK_S16_PANEL;
}

#endif
