// SPDX-License-Identifier: Apache-2.0
// The gradient of a layer's weights, see uk_weight_gradient.h: outer products of inputs and dy,
// summed in registers over a block of pixels, for up to 16 elements under a window and a panel of
// columns at a time. The including file chooses vectors and float class by one of
// uk_elementwise_<isa>.h.

#include "../support/uk_elements.h"
#include "uk_window_lines.h"

#define UK_PANEL ((size_t)16)
#define UK_PANEL_VECTORS (UK_PANEL / UK_WIDTH)
#define UK_PANELS (UK_GRADIENT_COLUMNS / UK_PANEL)
#define UK_TILE_SUMS (UK_GRADIENT_DEPTH * UK_PANEL)

/// Elements whose sums fit in the registers, beside a row of dy.
#if UK_VECTOR_BYTES == 64
#define UK_SUM_ROWS 16
#elif UK_VECTOR_BYTES == 32 || defined(__aarch64__)
#define UK_SUM_ROWS 6
#else
#define UK_SUM_ROWS 2
#endif

/// Small loops over a tile must leave no loop.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// A block of pixels of one panel, and where its sums go.
typedef struct uk_gradient_block {
  const float *x;  // [pixel][16]
  const float *dy;
  size_t pixels, columns;  // columns of all of dy
  size_t lanes;            // columns of the panel
  const float *waiting;    // behind the sums of earlier blocks, one for each level
  size_t level;            // from one of them to the next
  size_t joins;            // how many of them these are added to
  float *y;                // [k][16]
  int is_last;
} uk_gradient_block;

UK_INLINE size_t uk_lanes_left(size_t lanes, size_t v) {
  return lanes > v * UK_WIDTH ? lanes - v * UK_WIDTH : 0;
}

/// The sums of `rows` elements from `k` on, joined with those that wait for them.
UK_INLINE void uk_sum_tile(const uk_gradient_block *b, size_t k, const size_t rows,
                           const int is_whole) {
  uk_vf sum[UK_SUM_ROWS][UK_PANEL_VECTORS];
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) sum[i][v] = uk_splat(0);
  }
  const float *x = b->x + k, *dy = b->dy;
  for (size_t pixel = 0; pixel < b->pixels; ++pixel) {
    uk_vf d[UK_PANEL_VECTORS];
    UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) {
      d[v] = is_whole ? uk_load(dy + v * UK_WIDTH)
                      : uk_load_lanes(dy + v * UK_WIDTH, uk_lanes_left(b->lanes, v));
    }
    UK_UNROLL for (size_t i = 0; i < rows; ++i) {
      UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) {
        sum[i][v] = UK_MULADD(uk_splat(x[i]), d[v], sum[i][v]);
      }
    }
    x += UK_GRADIENT_DEPTH;
    dy += b->columns;
  }
  const float *waiting = b->waiting + k * UK_PANEL;
  for (size_t join = 0; join < b->joins; ++join) {
    waiting -= b->level;
    UK_UNROLL for (size_t i = 0; i < rows; ++i) {
      UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) {
        sum[i][v] = uk_load(waiting + i * UK_PANEL + v * UK_WIDTH) + sum[i][v];
      }
    }
  }
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (size_t v = 0; v < UK_PANEL_VECTORS; ++v) {
      uk_vf result = sum[i][v];
      // Not 0 by itself where x is infinite.
      if (!is_whole && b->is_last) result = uk_keep_lanes(result, uk_lanes_left(b->lanes, v));
      uk_store(b->y + (k + i) * UK_PANEL + v * UK_WIDTH, result);
    }
  }
}

#define UK_TILE_CASE(height)                                         \
  case height:                                                       \
    uk_sum_tile(b, k, UK_SUM_ROWS >= height ? height : 1, is_whole); \
    break;

/// The sums of elements `0 ..< depth`, in tiles of about the same height.
UK_INLINE void uk_sum_tiles(const uk_gradient_block *b, size_t depth, const int is_whole) {
  size_t k = 0;
  for (size_t tiles = (depth + UK_SUM_ROWS - 1) / UK_SUM_ROWS; tiles > 0; --tiles) {
    const size_t height = (depth - k + tiles - 1) / tiles;
    switch (height) {
      UK_TILE_CASE(1)
      UK_TILE_CASE(2)
#if UK_SUM_ROWS > 2
      UK_TILE_CASE(3)
      UK_TILE_CASE(4)
      UK_TILE_CASE(5)
      UK_TILE_CASE(6)
#endif
#if UK_SUM_ROWS > 6
      UK_TILE_CASE(7)
      UK_TILE_CASE(8)
      UK_TILE_CASE(9)
      UK_TILE_CASE(10)
      UK_TILE_CASE(11)
      UK_TILE_CASE(12)
      UK_TILE_CASE(13)
      UK_TILE_CASE(14)
      UK_TILE_CASE(15)
      UK_TILE_CASE(16)
#endif
    }
    k += height;
  }
}

typedef struct uk_gradient {
  const uk_window *window;
  const float *x, *dy;
  float *y;
  size_t depth;  // under a window
  float *copies, *sums;
  size_t level;  // of the sums, from one level of the tree to the next
} uk_gradient;

/// Elements `k ..< k_end` in the panels of the block of columns from `column` on: of a block of
/// pixels all tiles, so that what they read stays close. The numbers of blocks that have been
/// summed are the bits of a counter, and a carry joins two sums of one size.
UK_INLINE void uk_sum_span(const uk_gradient *g, size_t column, size_t k, size_t k_end,
                           size_t height) {
  const size_t columns = g->window->out_channels;
  const uint64_t pixels = uk_window_pixels(g->window);
  for (uint64_t first = 0, block = 0; first < pixels; first += UK_SUM_BLOCK_ROWS, ++block) {
    const uint64_t rest = pixels - first;
    uk_gradient_block b = {.x = g->copies, .columns = columns, .level = g->level};
    b.pixels = rest < UK_SUM_BLOCK_ROWS ? rest : UK_SUM_BLOCK_ROWS;
    b.is_last = rest <= UK_SUM_BLOCK_ROWS;
    const size_t level = (size_t)__builtin_popcountll(block);
    b.joins = b.is_last ? level : (size_t)__builtin_ctzll(~block);
    float *tile = g->sums;
    for (size_t from = k; from < k_end; from += height) {
      const size_t depth = k_end - from < height ? k_end - from : height;
      uk_copy_windows(g->window, g->x, first, b.pixels, from, (uint32_t)depth, g->copies);
      for (size_t c = column; c < columns && c < column + UK_GRADIENT_COLUMNS; c += UK_PANEL) {
        b.dy = g->dy + first * columns + c;
        b.lanes = columns - c;
        b.waiting = tile + level * g->level;
        b.y = b.is_last ? g->y + (c / UK_PANEL * g->depth + from) * UK_PANEL
                        : tile + (level - b.joins) * g->level;
        if (b.lanes >= UK_PANEL) {
          uk_sum_tiles(&b, depth, 1);
        } else {
          uk_sum_tiles(&b, depth, 0);
        }
        tile += UK_TILE_SUMS;
      }
    }
  }
}

/// Elements `k ..< k_end` of a block of columns, as many at a time as sums may wait for.
UK_INLINE void uk_sum_columns(const uk_gradient *g, size_t column, size_t k, size_t k_end) {
  const size_t left = g->window->out_channels - column;
  const size_t panels = left < UK_GRADIENT_COLUMNS ? (left + UK_PANEL - 1) / UK_PANEL : UK_PANELS;
  const size_t tiles = (k_end - k + UK_GRADIENT_DEPTH - 1) / UK_GRADIENT_DEPTH;
  const size_t height = (k_end - k + tiles - 1) / tiles;
  const size_t span = UK_GRADIENT_TILES / panels * height;
  for (; k < k_end; k += span) {
    uk_sum_span(g, column, k, k_end - k < span ? k_end : k + span, height);
  }
}

/// Units `begin ..< end`.
UK_INLINE void uk_f32_weight_gradient(const uk_window *window, const uk_rows *operands,
                                      uint32_t begin, uint32_t end, void *scratch) {
  uk_gradient g = {
      .window = window,
      .x = (const float *)operands[0].data,
      .dy = (const float *)operands[1].data,
      .y = (float *)operands[2].data,
      .depth = uk_window_depth(window),
      .copies = scratch,
      .level = uk_gradient_tiles(window) * UK_TILE_SUMS,
  };
  g.sums = g.copies + uk_gradient_copied_bytes(uk_window_pixels(window)) / sizeof(float);
  const size_t units = uk_gradient_depth_units(g.depth), unit = uk_gradient_unit_depth(g.depth);
  for (size_t u = begin; u < end;) {
    const size_t row = u / units * units, last = end - row < units ? end - row : units;
    const size_t k_end = last * unit < g.depth ? last * unit : g.depth;
    uk_sum_columns(&g, u / units * UK_GRADIENT_COLUMNS, (u - row) * unit, k_end);
    u = row + last;
  }
}
