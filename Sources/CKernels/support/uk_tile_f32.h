// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_F32_H
#define THIMBLE_UK_TILE_F32_H

// The float32 matrix tile: up to UK_TILE_ROWS_F32 rows by a panel of 16 columns, summed over taps
// and channels in sequence. The including file defines UK_FUSED as 1 (fma) or 0 (multiply, add).

#include "uk_tile_lanes.h"

UK_INLINE UK_TARGET uk_lanes_f32 uk_multiply_add(uk_lanes_f32 x, uk_lanes_f32 w, uk_lanes_f32 sum) {
#if UK_FUSED
  return __builtin_elementwise_fma(x, w, sum);
#else
  uk_lanes_f32 product = x * w;
  return sum + product;
#endif
}

/// A product of rows that are given by pointers: `x[tap * pitch + row]` has `depth` elements.
typedef struct uk_f32_product {
  const float *const *x;
  size_t pitch, taps, depth;
  const float *weights, *bias;  // [panel][tap][depth][16], [panel][16]
  float min, max;
  float *const *y;
  size_t columns;
  const float *const *residual;  // rows as y's
  const uk_f32_residual *add;
} uk_f32_product;

/// Stores the sums of one row from `column` on.
UK_INLINE UK_TARGET void uk_f32_store(const uk_f32_product *p, size_t row, size_t column,
                                      uk_panel_f32 sum) {
  const size_t count = p->columns - column;
  uk_panel_f32 y = uk_clamp_panel(sum, p->min, p->max);
  if (UK_RESIDUAL) {
    uk_panel_f32 residual = {0};
    uk_copy_panel(&residual, p->residual[row] + column, count, sizeof(float));
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) y.v[v] += residual.v[v];
    y = uk_clamp_panel(y, p->add->min, p->add->max);
  }
  uk_copy_panel(p->y[row] + column, &y, count, sizeof(float));
}

/// Rows `first ..< first + rows` of one panel; `rows` is a constant.
UK_INLINE UK_TARGET void uk_f32_tile(const uk_f32_product *p, size_t panel, size_t first,
                                     const int rows) {
  const float *w = p->weights + panel * p->taps * p->depth * UK_PANEL;
  const float *bias = p->bias + panel * UK_PANEL;
  uk_panel_f32 sum[UK_TILE_ROWS_F32];
  UK_UNROLL for (int i = 0; i < rows; ++i) sum[i] = uk_load_panel_f32(bias);
  for (size_t tap = 0; tap < p->taps; ++tap) {
    const float *x[UK_TILE_ROWS_F32];
    UK_UNROLL for (int i = 0; i < rows; ++i) x[i] = p->x[tap * p->pitch + first + i];
    for (size_t k = 0; k < p->depth; ++k, w += UK_PANEL) {
      const uk_panel_f32 columns = uk_load_panel_f32(w);
      UK_UNROLL for (int i = 0; i < rows; ++i) {
        UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
          sum[i].v[v] = uk_multiply_add((uk_lanes_f32)x[i][k], columns.v[v], sum[i].v[v]);
        }
      }
    }
  }
  UK_UNROLL for (int i = 0; i < rows; ++i) uk_f32_store(p, first + i, panel * UK_PANEL, sum[i]);
}

/// `rows` rows, panel by panel: a panel's weights stay in the cache for all of them.
UK_TARGET static __attribute__((noinline)) void uk_f32_block(const uk_f32_product *p, size_t rows) {
  for (size_t panel = 0; panel * UK_PANEL < p->columns; ++panel) {
    size_t height;
    for (size_t first = 0; first < rows; first += height) {
      height = uk_tile_height(rows - first, UK_TILE_ROWS_F32);
      UK_WITH_CONSTANT_HEIGHT(UK_TILE_ROWS_F32, height, uk_f32_tile, p, panel, first);
    }
  }
}

#endif
