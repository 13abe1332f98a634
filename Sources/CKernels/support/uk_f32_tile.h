// SPDX-License-Identifier: Apache-2.0
// The tiles of uk_f32_product: what an instruction set and float class make of them. The including
// file chooses these by one of uk_elementwise_<isa>.h.
//
// A tile's sums live in registers while its rows pass over the depth once: a vector of weights
// serves all of its rows, an element of x all of its columns.

#include "uk_f32_product.h"
#include "uk_half.h"

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
  size_t row, column;             // where it begins
  size_t lanes[UK_MOST_VECTORS];  // of each vector, those that are columns of the product
} uk_tile;

/// What a tile is like: a constant, which leaves no loop and no choice in it.
typedef struct uk_form {
  size_t rows, vectors;
  int is_whole;   // all of its columns are columns of the product, but for the half's
  int has_half;   // only the lower half of the last vector counts
  int is_matrix;  // the product's rows are those of matrices
} uk_form;

/// Where the tile's rows of x begin under a tap.
UK_INLINE void uk_find_x(const uk_f32_product *p, const uk_tile *t, const uk_form f, size_t tap,
                         const float **x) {
  if (!f.is_matrix) {
    UK_UNROLL for (size_t i = 0; i < f.rows; ++i) x[i] = p->x[tap * p->pitch + t->row + i];
    return;
  }
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    x[i] = p->matrices->x + (t->row + i) * p->matrices->x_pitch;
    // Else the compiler derives one from the other again in each step of the inner loop.
    __asm__("" : "+r"(x[i]));
  }
}

/// Where the tile's rows of y begin.
UK_INLINE void uk_find_y(const uk_f32_product *p, const uk_tile *t, const uk_form f, float **y) {
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    const size_t row = t->row + i;
    y[i] = f.is_matrix ? p->matrices->y + row * p->matrices->y_pitch : p->y[row];
    y[i] += t->column;
  }
}

UK_INLINE const float *uk_find_residual(const uk_f32_product *p, const uk_tile *t, const uk_form f,
                                        size_t i) {
  const size_t row = t->row + i;
  if (f.is_matrix) return p->matrices->residual + row * p->matrices->y_pitch + t->column;
  return p->residual[row] + t->column;
}

UK_INLINE void uk_start_sums(const uk_f32_product *p, uk_tile *t, const uk_form f) {
  const size_t columns = p->columns - t->column;
  UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
    const size_t first = v * UK_WIDTH;
    const int is_whole = f.is_whole && !(f.has_half && v + 1 == f.vectors);
    t->lanes[v] = is_whole ? UK_WIDTH : columns > first ? columns - first : 0;
  }
  if (!f.is_matrix || p->bias != NULL) {
    UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
      const uk_vf bias = uk_load(p->bias + t->column + v * UK_WIDTH);
      UK_UNROLL for (size_t i = 0; i < f.rows; ++i) t->sum[i][v] = bias;
    }
    return;
  }
  float *y[UK_MOST_ROWS];
  uk_find_y(p, t, f, y);
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
      t->sum[i][v] = uk_load_lanes(y[i] + v * UK_WIDTH, t->lanes[v]);
    }
  }
}

UK_INLINE void uk_add_products(const uk_f32_product *p, uk_tile *t, const uk_form f) {
  const size_t taps = f.is_matrix ? 1 : p->taps, depth = p->depth;
  const size_t panel_pitch = taps * depth * UK_PANEL;
  const float *w = p->weights + t->column / UK_PANEL * panel_pitch + t->column % UK_PANEL;
  for (size_t tap = 0; tap < taps; ++tap) {
    const float *x[UK_MOST_ROWS];
    uk_find_x(p, t, f, tap, x);
    for (size_t k = 0; k < depth; ++k, w += UK_PANEL) {
      uk_vf weights[UK_MOST_VECTORS];
      UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
        const size_t column = v * UK_WIDTH;
        weights[v] = uk_load(w + column / UK_PANEL * panel_pitch + column % UK_PANEL);
      }
      UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
        UK_UNROLL for (size_t v = 0; v < f.vectors - f.has_half; ++v) {
          t->sum[i][v] = UK_MULADD(uk_splat(x[i][k]), weights[v], t->sum[i][v]);
        }
        if (f.has_half) {
          const size_t v = f.vectors - 1;
          t->sum[i][v] = uk_muladd_half(x[i] + k, weights[v], t->sum[i][v]);
        }
      }
    }
  }
}

UK_INLINE void uk_clamp_sums(uk_tile *t, const uk_f32_clamp *clamp, const uk_form f) {
  const uk_vf min = uk_splat(clamp->min), max = uk_splat(clamp->max);
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
      t->sum[i][v] = uk_min(uk_max(t->sum[i][v], min), max);
    }
  }
}

UK_INLINE void uk_add_residual(const uk_f32_product *p, uk_tile *t, const uk_form f) {
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    const float *residual = uk_find_residual(p, t, f, i);
    UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
      t->sum[i][v] += uk_load_lanes(residual + v * UK_WIDTH, t->lanes[v]);
    }
  }
}

UK_INLINE void uk_store_sums(const uk_f32_product *p, const uk_tile *t, const uk_form f) {
  float *y[UK_MOST_ROWS];
  uk_find_y(p, t, f, y);
  UK_UNROLL for (size_t i = 0; i < f.rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < f.vectors; ++v) {
      if (f.has_half && v + 1 == f.vectors) {
        uk_store_half(y[i] + v * UK_WIDTH, t->sum[i][v], t->lanes[v]);
      } else {
        uk_store_lanes(y[i] + v * UK_WIDTH, t->sum[i][v], t->lanes[v]);
      }
    }
  }
}

/// The tile from `row` and `column` on.
UK_INLINE void uk_f32_tile(const uk_f32_product *p, size_t row, size_t column,
                           const uk_form f) {
  uk_tile t;
  t.row = row;
  t.column = column;
  uk_start_sums(p, &t, f);
  uk_add_products(p, &t, f);
  if (p->clamp != NULL) uk_clamp_sums(&t, p->clamp, f);
  if (p->residual_clamp != NULL) {
    uk_add_residual(p, &t, f);
    uk_clamp_sums(&t, p->residual_clamp, f);
  }
  uk_store_sums(p, &t, f);
}

#define UK_TILE_CASE(height)                                        \
  case height:                                                      \
    if (f.rows >= height) {                                         \
      uk_form tile = f;                                        \
      tile.rows = f.rows >= height ? height : 1;                    \
      uk_f32_tile(p, row, column, tile);                            \
    }                                                               \
    break;

/// All rows in the columns from `column` on, in tiles of about the same height, at most the form's.
UK_INLINE void uk_f32_tiles(const uk_f32_product *p, size_t rows, size_t column, const uk_form f) {
  size_t row = 0;
  for (size_t tiles = (rows + f.rows - 1) / f.rows; tiles > 0; --tiles) {
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

/// The same for rows of either kind.
UK_INLINE void uk_f32_column(const uk_f32_product *p, size_t rows, size_t column, uk_form f) {
  if (p->matrices != NULL) {
    f.is_matrix = 1;
    uk_f32_tiles(p, rows, column, f);
  } else {
    uk_f32_tiles(p, rows, column, f);
  }
}
