// SPDX-License-Identifier: Apache-2.0
// The float32 product with weights that are stored in fewer bits, on vectors. The including file
// chooses the weights (support/uk_stored.h).
//
// Few rows are bound by reading weights, which are expanded in registers; for more rows they are
// expanded to scratch a piece at a time, and float32's tiles do the rest.
#include "../support/uk_f32_product.h"
#include "../support/uk_gemm_part.h"
#include "../support/uk_lanes.h"
#include "../support/uk_stored.h"

#define UK_PANEL ((size_t)16)
#define UK_PANEL_VECTORS (UK_PANEL / UK_WIDTH)
#define UK_UNROLL _Pragma("clang loop unroll(full)")

// Panels of a tile: 12 vectors of sums, or half as many registers.
#define UK_FEW_PANELS (UK_VECTOR_BYTES / 16)
#define UK_FEW_VECTORS 4

/// A part of a product, and where its operands are; y and a are those of the part's first row.
typedef struct uk_stored_gemm {
  const uk_f32_gemm_parameters *p;
  const float *a, *bias;
  uk_stored weights;
  float *y;
  size_t rows, column_end;
} uk_stored_gemm;

// MARK: - Few rows

typedef struct uk_few_tile {
  uk_vf sum[UK_STORED_ROWS - 1][UK_FEW_VECTORS];
  uk_stored panels[UK_FEW_VECTORS];
  const float *x[UK_STORED_ROWS - 1];
} uk_few_tile;

/// Adds the products of step `k + step`.
UK_INLINE void uk_add_step(uk_few_tile *t, size_t k, const int step, const size_t rows,
                           const size_t vectors) {
  UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
    const size_t lane = v % UK_PANEL_VECTORS * UK_WIDTH;
    const uk_vf w = uk_stored_vector(t->panels[v / UK_PANEL_VECTORS], k, step, lane);
    UK_UNROLL for (size_t i = 0; i < rows; ++i) {
      t->sum[i][v] = UK_MULADD(uk_splat(t->x[i][k + (size_t)step]), w, t->sum[i][v]);
    }
  }
}

/// All rows of the columns from `column` on; the extents are constants.
UK_INLINE void uk_few_rows(const uk_stored_gemm *g, size_t column, const size_t rows,
                           const size_t vectors) {
  const size_t depth = g->p->depth, whole = depth / UK_STORED_STEPS * UK_STORED_STEPS;
  uk_few_tile t;
  UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
    if (v % UK_PANEL_VECTORS == 0) {
      const size_t panel = v / UK_PANEL_VECTORS;
      t.panels[panel] = uk_find_stored(g->weights, depth, column + panel * UK_PANEL, 0);
    }
    const uk_vf bias = uk_load(g->bias + column + v * UK_WIDTH);
    UK_UNROLL for (size_t i = 0; i < rows; ++i) t.sum[i][v] = bias;
  }
  UK_UNROLL for (size_t i = 0; i < rows; ++i) t.x[i] = g->a + i * depth;
  for (size_t k = 0; k < whole; k += UK_STORED_STEPS) {
    UK_UNROLL for (int step = 0; step < (int)UK_STORED_STEPS; ++step) {
      uk_add_step(&t, k, step, rows, vectors);
    }
  }
  for (size_t k = whole; k < depth; ++k) uk_add_step(&t, whole, (int)(k - whole), rows, vectors);
  const uk_vf min = uk_splat(g->p->min), max = uk_splat(g->p->max);
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      const size_t first = column + v * UK_WIDTH;
      const size_t lanes = first < g->column_end ? g->column_end - first : 0;
      const uk_vf y = uk_min(uk_max(t.sum[i][v], min), max);
      uk_store_lanes(g->y + i * g->p->columns + first, y, lanes);
    }
  }
}

/// The same for any rows that are few.
UK_INLINE void uk_few_columns(const uk_stored_gemm *g, size_t column, const size_t vectors) {
  switch (g->rows) {
    case 1: uk_few_rows(g, column, 1, vectors); break;
    case 2: uk_few_rows(g, column, 2, vectors); break;
    default: uk_few_rows(g, column, 3, vectors); break;
  }
}

UK_INLINE void uk_multiply_few_rows(const uk_stored_gemm *g, size_t column) {
  for (; column + UK_FEW_VECTORS * UK_WIDTH <= g->column_end; column += UK_FEW_PANELS * UK_PANEL) {
    uk_few_columns(g, column, UK_FEW_VECTORS);
  }
  for (; column < g->column_end; column += UK_PANEL) uk_few_columns(g, column, UK_PANEL_VECTORS);
}

// MARK: - More rows

/// Writes `count` steps of a panel.
UK_INLINE void uk_expand_panel(uk_stored panel, size_t count, float *to) {
  const size_t whole = count / UK_STORED_STEPS * UK_STORED_STEPS;
  for (size_t k = 0; k < whole; k += UK_STORED_STEPS) {
    UK_UNROLL for (int step = 0; step < (int)UK_STORED_STEPS; ++step) {
      UK_UNROLL for (size_t lane = 0; lane < UK_PANEL; lane += UK_WIDTH, to += UK_WIDTH) {
        uk_store(to, uk_stored_vector(panel, k, step, lane));
      }
    }
  }
  for (size_t k = whole; k < count; ++k) {
    UK_UNROLL for (size_t lane = 0; lane < UK_PANEL; lane += UK_WIDTH, to += UK_WIDTH) {
      uk_store(to, uk_stored_vector(panel, whole, (int)(k - whole), lane));
    }
  }
}

/// Sums go on from y where a piece is not the first, and are clamped behind the last.
UK_INLINE void uk_multiply_more_rows(const uk_stored_gemm *g, size_t column, float *panels,
                                     uk_f32_block *block) {
  const uk_f32_clamp clamp = {g->p->min, g->p->max};
  const size_t depth = g->p->depth;
  for (; column < g->column_end; column += UK_PACK_COLUMNS) {
    const size_t left = g->column_end - column;
    const size_t columns = left < UK_PACK_COLUMNS ? left : UK_PACK_COLUMNS;
    for (size_t k = 0; k < depth; k += UK_PACK_DEPTH) {
      const size_t piece = depth - k < UK_PACK_DEPTH ? depth - k : UK_PACK_DEPTH;
      for (size_t c = 0; c < columns; c += UK_PANEL) {
        const uk_stored panel = uk_find_stored(g->weights, depth, column + c, k);
        uk_expand_panel(panel, piece, panels + c * piece);
      }
      const uk_f32_matrices matrices = {
          .x = g->a + k, .x_pitch = depth, .y = g->y + column, .y_pitch = g->p->columns};
      const uk_f32_product product = {
          .depth = piece,
          .weights = panels,
          .bias = k == 0 ? g->bias + column : NULL,
          .columns = columns,
          .clamp = k + piece == depth ? &clamp : NULL,
      };
      uk_f32_multiply(product, matrices, g->rows, block);
    }
  }
}

UK_INLINE void uk_f32_stored_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                  void *scratch, uk_f32_block *block) {
  const uk_f32_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const uk_stored_gemm product = {
      .p = p,
      .a = (const float *)operands[0].data + part.row * p->depth,
      .bias = (const float *)operands[2].data,
      .weights = {operands[1].data, (const float *)operands[3].data},
      .y = (float *)operands[UK_STORED_OPERANDS - 1].data + part.row * p->columns,
      .rows = part.row_end - part.row,
      .column_end = part.column_end,
  };
  if (p->rows < UK_STORED_ROWS) {
    uk_multiply_few_rows(&product, part.column);
  } else {
    uk_multiply_more_rows(&product, part.column, scratch, block);
  }
}
