// SPDX-License-Identifier: Apache-2.0
// The int8 matrix product, written once for every instruction set: a block of rows times packed
// weights in exact int32 sums, then int8. Include one of uk_s8_<isa>.h first; defines UK_S8_BLOCK.
//
// A tile is some rows by 1, 2 or 4 panels of 16 columns, whose sums live in registers. Rows are
// read in groups of 4 along k. With a dot product of bytes (UK_STEPS 1) they are read where they
// are: a group is broadcast as the signed operand, and the unsigned one is the weights plus 128, so
// a row starts at −128 · Σa. Without (UK_STEPS 2) rows have been widened by `uk_widen`, and a group
// is two pairs.
#include "uk_s8_product.h"
#include "uk_s8_reals.h"

/// The outputs of a tile that is not plain.
UK_INLINE UK_TARGET void uk_s8_store_width(const uk_s8_outputs *p, const uk_lanes_i32 *sum,
                                           size_t column, size_t first, int rows, int fits,
                                           const int width) {
  if (p->reals != NULL) {
    uk_s8_store_reals(p, sum, column, first, rows, width);
  } else if (fits) {
    uk_s8_store_sums(p, sum, column, first, rows, width);
  } else {
    uk_s8_store_any(p, sum, column, first, rows, width);
  }
}

/// The same for any width: one function for all such tiles.
UK_TARGET static __attribute__((noinline)) void uk_s8_store_quads(
    const uk_s8_outputs *p, const uk_lanes_i32 *sum, size_t column, size_t first, int rows,
    int fits, int width) {
  if (width == 4) {
    uk_s8_store_width(p, sum, column, first, rows, fits, 4);
  } else if (UK_VECTORS <= 2 && width == 2) {
    uk_s8_store_width(p, sum, column, first, rows, fits, 2);
  } else if (UK_VECTORS == 1) {
    uk_s8_store_width(p, sum, column, first, rows, fits, 1);
  }
}

/// The outputs of a tile, whose extents are constants.
///
/// Where scales and a residual's sum `fit`, no output leaves the range of int32 on its way.
UK_INLINE UK_TARGET void uk_s8_store_tile(const uk_s8_product *p, const uk_lanes_i32 *sum,
                                          size_t panel, size_t first, int fits, const int panels,
                                          const int rows) {
  const int width = panels * UK_VECTORS;
  if (fits && p->outputs.residual == NULL) {
    const uk_s8_plain plain = uk_make_s8_plain(&p->outputs, panel * UK_PANEL, width);
    uk_s8_store_rows(&plain, sum, first, rows, width, 0);
  } else {
    uk_lanes_i32 quads[UK_TILE_SUMS];
    UK_UNROLL for (int n = 0; n < (rows * width + 3) / 4 * 4; ++n) {
      quads[n] = sum[n < rows * width ? n : 0];
    }
    uk_s8_store_quads(&p->outputs, quads, panel * UK_PANEL, first, rows, fits, width);
  }
}

/// Adds one group of every row to the sums; it is `offset` bytes behind `a`.
UK_INLINE UK_TARGET void uk_s8_add_group(uk_lanes_i32 *sum, const int8_t *w, size_t panel_bytes,
                                         const uint8_t *const *a, size_t offset, const int rows,
                                         const int width) {
  UK_UNROLL for (int step = 0; step < UK_STEPS; ++step) {
    uk_weights columns[UK_TILE_WIDTH];
    UK_UNROLL for (int v = 0; v < width; ++v) {
      const int8_t *from = w + v / UK_VECTORS * panel_bytes + v % UK_VECTORS * (4 * UK_LANES);
      columns[v] = uk_unpack_weights(from, step);
    }
    UK_UNROLL for (int i = 0; i < rows; ++i) {
      int32_t group;
      memcpy(&group, a[i] + offset + 4 * step, sizeof group);
      UK_UNROLL for (int v = 0; v < width; ++v) {
        sum[i * width + v] = uk_multiply_add(sum[i * width + v], columns[v], group);
      }
    }
  }
}

/// Rows `first ..< first + rows` of panels `panel ..< panel + panels`; both extents are constants.
UK_INLINE UK_TARGET void uk_s8_tile(const uk_s8_product *p, size_t panel, size_t first,
                                    int fits, const int panels, const int rows) {
  const int width = panels * UK_VECTORS;
  uk_lanes_i32 sum[UK_TILE_SUMS];
  UK_UNROLL for (int v = 0; v < width; ++v) {
    uk_lanes_i32 bias = {0};
    if (p->bias != NULL) {
      memcpy(&bias, p->bias + panel * UK_PANEL + v * UK_LANES, sizeof bias);
    }
    UK_UNROLL for (int i = 0; i < rows; ++i) sum[i * width + v] = bias + p->starts[first + i];
  }
  const int8_t *w = p->weights + panel * p->panel_bytes;
  const void *const *tap = p->a + first;
  const size_t groups = p->groups, panel_bytes = p->panel_bytes;
  const uint8_t *a[UK_TILE_SUMS];
  for (size_t t = 0; t < p->taps; ++t, tap += p->pitch) {
    UK_UNROLL for (int i = 0; i < rows; ++i) a[i] = tap[i];
    for (size_t k = 0; k < groups; ++k, w += 4 * UK_PANEL) {
      uk_s8_add_group(sum, w, panel_bytes, a, 4 * UK_STEPS * k, rows, width);
    }
  }
  if (UK_STEPS == 1 && p->tails != NULL) {
    UK_UNROLL for (int i = 0; i < rows; ++i) a[i] = (const uint8_t *)(p->tails + first + i);
    uk_s8_add_group(sum, w, panel_bytes, a, 0, rows, width);
  }
  uk_s8_store_tile(p, sum, panel, first, fits, panels, rows);
}

/// A kind of tile.
typedef void uk_s8_any_tile(const uk_s8_product *p, size_t panel, size_t first, int fits,
                            const int panels, const int rows);

#define UK_S8_HEIGHT(height)                                               \
  case height:                                                             \
    if (height <= tallest) {                                               \
      tile(p, panel, first, fits, panels, height <= tallest ? height : 1); \
    }                                                                      \
    break;

/// `rows` rows of some panels, shared evenly by the fewest tiles of at most `tallest` rows.
UK_INLINE UK_TARGET void uk_s8_tiles(const uk_s8_product *p, size_t panel, uint32_t rows,
                                     const int panels, const uint32_t tallest,
                                     uk_s8_any_tile *const tile) {
  const int fits = p->outputs.reals == NULL
                   && uk_s8_scales_fit(p->outputs.scale + panel * UK_PANEL, panels * UK_PANEL)
                   && (p->outputs.residual == NULL || uk_s8_sum_fits(p->outputs.add));
  uint32_t height;
  for (uint32_t first = 0; first < rows; first += height) {
    const uint32_t rest = rows - first, tiles = (rest + tallest - 1) / tallest;
    height = (rest + tiles - 1) / tiles;
    switch (height) {
      UK_S8_HEIGHT(14) UK_S8_HEIGHT(13) UK_S8_HEIGHT(12) UK_S8_HEIGHT(11) UK_S8_HEIGHT(10)
      UK_S8_HEIGHT(9) UK_S8_HEIGHT(8) UK_S8_HEIGHT(7) UK_S8_HEIGHT(6) UK_S8_HEIGHT(5)
      UK_S8_HEIGHT(4) UK_S8_HEIGHT(3) UK_S8_HEIGHT(2) UK_S8_HEIGHT(1)
    }
  }
}

/// Takes the panels that are left by the widest tile that has no panel too many.
#define UK_S8_TILE(tile, panels, tallest)               \
  if (panel_end - panel >= panels) {                    \
    uk_s8_tiles(p, panel, rows, panels, tallest, tile); \
    panel += panels;                                    \
    continue;                                           \
  }

#define UK_S8_PLAIN_TILE(panels, tallest) UK_S8_TILE(uk_s8_tile, panels, tallest)

UK_TARGET void UK_S8_BLOCK(const uk_s8_product *p, uint32_t rows) {
  const size_t panel_end = (p->outputs.columns + UK_PANEL - 1) / UK_PANEL;
  for (size_t panel = 0; panel < panel_end;) {
    UK_S8_TILES(UK_S8_PLAIN_TILE)
  }
}
