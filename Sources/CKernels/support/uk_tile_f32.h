// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_F32_H
#define THIMBLE_UK_TILE_F32_H

// The including file defines UK_FUSED as 1 (fma) or 0 (multiply, add).

#include "uk_tile_lanes.h"

UK_INLINE UK_TARGET uk_lanes_f32 uk_multiply_add(uk_lanes_f32 x, uk_lanes_f32 w, uk_lanes_f32 sum) {
#if UK_FUSED
  return __builtin_elementwise_fma(x, w, sum);
#else
  uk_lanes_f32 product = x * w;
  return sum + product;
#endif
}

#endif
