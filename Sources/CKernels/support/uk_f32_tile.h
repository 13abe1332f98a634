// SPDX-License-Identifier: Apache-2.0
// The tiles of uk_f32_product: what an instruction set and float class make of them. The including
// file chooses these by one of uk_elementwise_<isa>.h.
//
// A tile's sums live in registers while its rows pass over the depth once: a vector of weights
// serves all of its rows, an element of x all of its columns.

#include "uk_f32_product.h"
#include "uk_lanes.h"

#define UK_PANEL ((size_t)16)

// No tile is larger.
#define UK_MOST_ROWS 8
#if defined(UK_VECTOR_BYTES)
#define UK_MOST_VECTORS 4
#else
#define UK_MOST_VECTORS 16
#endif

/// Small loops over a tile must leave no loop.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

typedef struct uk_tile {
  uk_vf sum[UK_MOST_ROWS][UK_MOST_VECTORS];
  size_t row, column;               // where it begins
  size_t lanes[UK_MOST_VECTORS];    // of each vector, those that are columns of the product
} uk_tile;

UK_INLINE void uk_start_sums(const uk_f32_product *p, uk_tile *t, const size_t rows,
                             const size_t vectors) {
  const size_t columns = p->columns - t->column;
  UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
    t->lanes[v] = columns > v * UK_WIDTH ? columns - v * UK_WIDTH : 0;
  }
  if (p->bias != NULL) {
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      const uk_vf bias = uk_load(p->bias + t->column + v * UK_WIDTH);
      UK_UNROLL for (size_t i = 0; i < rows; ++i) t->sum[i][v] = bias;
    }
    return;
  }
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    const float *y = p->y[t->row + i] + t->column;
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      t->sum[i][v] = uk_load_lanes(y + v * UK_WIDTH, t->lanes[v]);
    }
  }
}

UK_INLINE void uk_add_products(const uk_f32_product *p, uk_tile *t, const size_t rows,
                               const size_t vectors) {
  const size_t panel_pitch = p->taps * p->depth * UK_PANEL;
  const float *w = p->weights + t->column / UK_PANEL * panel_pitch + t->column % UK_PANEL;
  for (size_t tap = 0; tap < p->taps; ++tap) {
    const float *x[UK_MOST_ROWS];
    UK_UNROLL for (size_t i = 0; i < rows; ++i) x[i] = p->x[tap * p->pitch + t->row + i];
    for (size_t k = 0; k < p->depth; ++k, w += UK_PANEL) {
      uk_vf weights[UK_MOST_VECTORS];
      UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
        const size_t column = v * UK_WIDTH;
        weights[v] = uk_load(w + column / UK_PANEL * panel_pitch + column % UK_PANEL);
      }
      UK_UNROLL for (size_t i = 0; i < rows; ++i) {
        const uk_vf factor = uk_splat(x[i][k]);
        UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
          t->sum[i][v] = UK_MULADD(factor, weights[v], t->sum[i][v]);
        }
      }
    }
  }
}

UK_INLINE void uk_clamp_sums(uk_tile *t, const uk_f32_clamp *clamp, const size_t rows,
                             const size_t vectors) {
  const uk_vf min = uk_splat(clamp->min), max = uk_splat(clamp->max);
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      t->sum[i][v] = uk_min(uk_max(t->sum[i][v], min), max);
    }
  }
}

UK_INLINE void uk_add_residual(const uk_f32_product *p, uk_tile *t, const size_t rows,
                               const size_t vectors) {
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    const float *residual = p->residual[t->row + i] + t->column;
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      t->sum[i][v] += uk_load_lanes(residual + v * UK_WIDTH, t->lanes[v]);
    }
  }
}

UK_INLINE void uk_store_sums(const uk_f32_product *p, const uk_tile *t, const size_t rows,
                             const size_t vectors) {
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    float *y = p->y[t->row + i] + t->column;
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      uk_store_lanes(y + v * UK_WIDTH, t->sum[i][v], t->lanes[v]);
    }
  }
}

/// The tile of `rows` rows from `row` on and `vectors` vectors of columns from `column` on; both
/// counts are constants.
UK_INLINE void uk_f32_tile(const uk_f32_product *p, size_t row, size_t column, const size_t rows,
                           const size_t vectors) {
  uk_tile t;
  t.row = row;
  t.column = column;
  uk_start_sums(p, &t, rows, vectors);
  uk_add_products(p, &t, rows, vectors);
  if (p->clamp != NULL) uk_clamp_sums(&t, p->clamp, rows, vectors);
  if (p->residual != NULL) {
    uk_add_residual(p, &t, rows, vectors);
    uk_clamp_sums(&t, p->residual_clamp, rows, vectors);
  }
  uk_store_sums(p, &t, rows, vectors);
}

#define UK_TILE_CASE(height)                                                         \
  case height:                                                                       \
    if (most >= height) uk_f32_tile(p, row, column, most >= height ? height : 1, v); \
    break;

/// All rows in `columns` columns from `column` on, in tiles of about the same height of at most
/// `most` rows; both are constants.
UK_INLINE void uk_f32_column(const uk_f32_product *p, size_t rows, size_t column,
                             const size_t columns, const size_t most) {
  const size_t v = columns / UK_WIDTH;
  size_t row = 0;
  for (size_t tiles = (rows + most - 1) / most; tiles > 0; --tiles) {
    const size_t height = (rows - row + tiles - 1) / tiles;
    switch (height) {
      UK_TILE_CASE(8)
      UK_TILE_CASE(7)
      UK_TILE_CASE(6)
      UK_TILE_CASE(5)
      UK_TILE_CASE(4)
      UK_TILE_CASE(3)
      UK_TILE_CASE(2)
      UK_TILE_CASE(1)
    }
    row += height;
  }
}
