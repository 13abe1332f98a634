// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_REALS_H
#define THIMBLE_UK_S8_REALS_H

// How a tile of int32 sums becomes float32.

#include "uk_s8_outputs.h"

/// Stores `rows` rows of `width` vectors of sums; `width` is a constant.
UK_INLINE UK_TARGET void uk_s8_store_reals(const uk_s8_outputs *p, const uk_lanes_i32 *sum,
                                           size_t column, size_t first, int rows,
                                           const int width) {
  const uk_s8_reals reals = *p->reals;
  const size_t count = p->columns - column;
  uk_lanes_f32 scale[4], bias[4];
  memcpy(scale, p->scale + column, width * sizeof *scale);
  memcpy(bias, reals.bias + column, width * sizeof *bias);
  for (int i = 0; i < rows; ++i, sum += width) {
    const float row_scale = reals.row_scale[first + i];
    float *y = reals.y + (first + i) * reals.pitch + column;
    UK_UNROLL for (int v = 0; v < width; ++v) {
      uk_lanes_f32 x = row_scale * scale[v] * uk_to_f32(sum[v]);
      x = uk_clamp_lanes(x + bias[v], reals.min, reals.max);
      const size_t lane = v * UK_LANES;
      if (count >= lane + UK_LANES) {
        memcpy(y + lane, &x, sizeof x);
      } else if (count > lane) {
        uk_copy_panel(y + lane, &x, count - lane, sizeof *y);
      }
    }
  }
}

#endif
