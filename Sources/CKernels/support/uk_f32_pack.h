// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_F32_PACK_H
#define THIMBLE_UK_F32_PACK_H

// Packs a matrix that is computed at run time, or stored another way, as the weights of a
// uk_f32_product: [panel][depth][16], zeros behind the last column.

#include <string.h>

#include "uk_f32_product.h"

#define UK_PACK_PANEL ((size_t)16)

/// Where sums of at most UK_PACK_COLUMNS columns start.
static const float uk_f32_zeros[UK_PACK_COLUMNS];

/// Packs `b[depth][columns]`, whose rows are `pitch` apart.
static inline void uk_f32_pack(const float *b, size_t pitch, size_t depth, size_t columns,
                               float *panels) {
  for (size_t first = 0; first < columns; first += UK_PACK_PANEL) {
    const size_t count = columns - first < UK_PACK_PANEL ? columns - first : UK_PACK_PANEL;
    const float *row = b + first;
    for (size_t k = 0; k < depth; ++k, row += pitch, panels += UK_PACK_PANEL) {
      if (count == UK_PACK_PANEL) {
        memcpy(panels, row, UK_PACK_PANEL * sizeof *panels);
        continue;
      }
      for (size_t c = 0; c < UK_PACK_PANEL; ++c) panels[c] = c < count ? row[c] : 0;
    }
  }
}

typedef float uk_quad __attribute__((vector_size(16)));

/// Writes four rows of four as four columns, `to_pitch` apart.
static inline void uk_f32_turn(const float *from, size_t from_pitch, float *to, size_t to_pitch) {
  uk_quad r[4];
  for (size_t i = 0; i < 4; ++i) memcpy(&r[i], from + i * from_pitch, sizeof r[i]);
  const uk_quad a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const uk_quad b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const uk_quad c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const uk_quad d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  r[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  r[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  r[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  r[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
  for (size_t i = 0; i < 4; ++i) memcpy(to + i * to_pitch, &r[i], sizeof r[i]);
}

/// Packs the transpose of `b[columns][depth]`, whose rows are `pitch` apart.
static inline void uk_f32_pack_transposed(const float *b, size_t pitch, size_t depth,
                                          size_t columns, float *panels) {
  for (size_t first = 0; first < columns; first += UK_PACK_PANEL) {
    const size_t count = columns - first < UK_PACK_PANEL ? columns - first : UK_PACK_PANEL;
    const float *rows = b + first * pitch;
    size_t k = 0;
    for (; count == UK_PACK_PANEL && k + 4 <= depth; k += 4) {
      for (size_t c = 0; c < UK_PACK_PANEL; c += 4) {
        uk_f32_turn(rows + c * pitch + k, pitch, panels + k * UK_PACK_PANEL + c, UK_PACK_PANEL);
      }
    }
    for (; k < depth; ++k) {
      for (size_t c = 0; c < UK_PACK_PANEL; ++c) {
        panels[k * UK_PACK_PANEL + c] = c < count ? rows[c * pitch + k] : 0;
      }
    }
    panels += depth * UK_PACK_PANEL;
  }
}

/// y[rows, columns] += x[rows, depth] · panels, or = where the sums `begin`; the rows of x and y
/// are `x_pitch` and `y_pitch` apart, and there are at most UK_PACK_COLUMNS columns.
static inline void uk_f32_multiply_packed(const float *x, size_t x_pitch, size_t rows,
                                          const float *panels, size_t depth, float *y,
                                          size_t y_pitch, size_t columns, int begins,
                                          uk_f32_block *block) {
  const uk_f32_matrices matrices = {.x = x, .x_pitch = x_pitch, .y = y, .y_pitch = y_pitch};
  const uk_f32_product product = {
      .depth = depth,
      .weights = panels,
      .bias = begins ? uk_f32_zeros : NULL,
      .columns = columns,
  };
  uk_f32_multiply(product, matrices, rows, block);
}

#endif
