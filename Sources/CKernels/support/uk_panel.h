// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_PANEL_H
#define THIMBLE_UK_PANEL_H

// Products of float32 rows with panels of 16 columns that a kernel packs itself: what gemm kernels
// do with packed weights, for operands computed at run time. Each output is a sum over the depth,
// in sequence from +0.

#include "uk_elementwise.h"

#define UK_PANEL ((size_t)16)

#if defined(UK_VECTOR_BYTES)
typedef uk_vf uk_panel_lanes;
#else
typedef float uk_panel_lanes;
#endif
#define UK_PANEL_VECTORS (UK_PANEL * sizeof(float) / sizeof(uk_panel_lanes))

// Rows of a tile, so that its sums fit the registers.
#if !defined(UK_VECTOR_BYTES)
#define UK_PANEL_ROWS 1
#elif UK_VECTOR_BYTES == 64
#define UK_PANEL_ROWS 8
#elif UK_VECTOR_BYTES == 32 || defined(__aarch64__)
#define UK_PANEL_ROWS 6
#else
#define UK_PANEL_ROWS 3
#endif

/// Small loops over a tile must leave no loop.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// `rows` rows of `columns` outputs, at most 16; `rows` is a constant.
///
/// Row i of x begins at `x + i · x_pitch`, of y at `y + i · y_pitch`.
UK_INLINE void uk_panel_tile(const float *x, size_t x_pitch, const float *panel, size_t depth,
                             float *y, size_t y_pitch, size_t columns, const size_t rows) {
  uk_panel_lanes sum[UK_PANEL_ROWS][UK_PANEL_VECTORS];
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) sum[i][v] = (uk_panel_lanes){0};
  }
  for (size_t k = 0; k < depth; ++k, panel += UK_PANEL) {
    uk_panel_lanes w[UK_PANEL_VECTORS];
    memcpy(w, panel, sizeof w);
    UK_UNROLL for (size_t i = 0; i < rows; ++i) {
      const uk_panel_lanes factor = x[i * x_pitch + k] - (uk_panel_lanes){0};
      UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) {
        sum[i][v] = UK_MULADD(factor, w[v], sum[i][v]);
      }
    }
  }
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    if (columns == UK_PANEL) {
      memcpy(y + i * y_pitch, sum[i], sizeof sum[i]);
    } else {
      memcpy(y + i * y_pitch, sum[i], columns * sizeof *y);
    }
  }
}

#define UK_PANEL_CASE(height)                                                                 \
  case height:                                                                                \
    if (UK_PANEL_ROWS >= height) {                                                            \
      uk_panel_tile(x, x_pitch, panel, depth, y, y_pitch, columns,                            \
                    UK_PANEL_ROWS >= height ? height : 1);                                    \
    }                                                                                         \
    break;

/// Any number of rows.
UK_TARGET static __attribute__((noinline)) void uk_panel_product(
    const float *x, size_t x_pitch, size_t rows, const float *panel, size_t depth, float *y,
    size_t y_pitch, size_t columns) {
  while (rows > 0) {
    // The last two tiles share what is left, lest one of them be low.
    const size_t height = rows <= UK_PANEL_ROWS      ? rows
                          : rows < 2 * UK_PANEL_ROWS ? (rows + 1) / 2
                                                     : UK_PANEL_ROWS;
    switch (height) {
      UK_PANEL_CASE(8)
      UK_PANEL_CASE(7)
      UK_PANEL_CASE(6)
      UK_PANEL_CASE(5)
      UK_PANEL_CASE(4)
      UK_PANEL_CASE(3)
      UK_PANEL_CASE(2)
      UK_PANEL_CASE(1)
    }
    x += height * x_pitch;
    y += height * y_pitch;
    rows -= height;
  }
}

/// Packs `columns` columns of b, at most 16, and zeros behind them: `panel[depth][16]`.
UK_INLINE void uk_pack_columns(const float *b, size_t pitch, size_t depth, size_t columns,
                               float *panel) {
  for (size_t k = 0; k < depth; ++k, panel += UK_PANEL) {
    if (columns == UK_PANEL) {
      memcpy(panel, b + k * pitch, UK_PANEL * sizeof *panel);
      continue;
    }
    for (size_t c = 0; c < UK_PANEL; ++c) panel[c] = c < columns ? b[k * pitch + c] : 0;
  }
}

/// Packs `columns` rows of b as columns.
UK_INLINE void uk_pack_rows(const float *b, size_t pitch, size_t depth, size_t columns,
                            float *panel) {
  for (size_t c = 0; c < UK_PANEL; ++c) {
    for (size_t k = 0; k < depth; ++k) {
      panel[k * UK_PANEL + c] = c < columns ? b[c * pitch + k] : 0;
    }
  }
}

#endif
