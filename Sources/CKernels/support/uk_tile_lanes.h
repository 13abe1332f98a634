// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_LANES_H
#define THIMBLE_UK_TILE_LANES_H

// Vectors of UK_LANES lanes of 32 bits, a panel of 16 columns in UK_VECTORS of them. Written once
// for every instruction set; include one of uk_tile_<isa>.h first.

#include <string.h>

#include "uk_window.h"

#pragma STDC FP_CONTRACT OFF

#define UK_PANEL 16
#define UK_VECTORS (UK_PANEL / UK_LANES)

/// Small loops over a tile's rows and vectors must leave no loop: the sums live in registers.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

typedef float uk_lanes_f32 __attribute__((ext_vector_type(UK_LANES)));
typedef int32_t uk_lanes_i32 __attribute__((ext_vector_type(UK_LANES)));

/// A panel's worth: 16 columns of one row.
typedef struct uk_panel_f32 {
  uk_lanes_f32 v[UK_VECTORS];
} uk_panel_f32;
typedef struct uk_panel_i32 {
  uk_lanes_i32 v[UK_VECTORS];
} uk_panel_i32;

UK_INLINE UK_TARGET uk_panel_f32 uk_load_panel_f32(const float *x) {
  uk_panel_f32 panel;
  memcpy(&panel, x, sizeof panel);
  return panel;
}

UK_INLINE UK_TARGET uk_panel_i32 uk_load_panel_i32(const int32_t *x) {
  uk_panel_i32 panel;
  memcpy(&panel, x, sizeof panel);
  return panel;
}

/// NaN gives `min`.
UK_INLINE UK_TARGET uk_lanes_f32 uk_clamp_lanes(uk_lanes_f32 x, float min, float max) {
  uk_lanes_f32 lo = min, hi = max;
  x = x > lo ? x : lo;
  return x < hi ? x : hi;
}

UK_INLINE UK_TARGET uk_panel_f32 uk_clamp_panel(uk_panel_f32 x, float min, float max) {
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) x.v[v] = uk_clamp_lanes(x.v[v], min, max);
  return x;
}

/// Copies `count` of 16 elements of `element_bytes` each, touching no other.
UK_INLINE void uk_copy_panel(void *to, const void *from, size_t count, size_t element_bytes) {
  if (count >= UK_PANEL) {
    memcpy(to, from, UK_PANEL * element_bytes);
    return;
  }
  size_t at = 0;
  UK_UNROLL for (size_t piece = UK_PANEL / 2; piece > 0; piece /= 2) {
    if ((count & piece) == 0) continue;
    memcpy((uint8_t *)to + at * element_bytes, (const uint8_t *)from + at * element_bytes,
           piece * element_bytes);
    at += piece;
  }
}

#endif
