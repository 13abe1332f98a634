// SPDX-License-Identifier: Apache-2.0
// Products of many rows and few columns with a dot product of bytes: rows are flipped (plus 128) as
// they are read, for free beside the products, and are the unsigned operand. So columns are summed,
// once, and no rows. Include uk_s8_tile.h first.

/// Each column starts at its bias, if it has one, − 128 · Σw.
UK_TARGET void UK_S8_FLIPPED_BIAS(const uk_s8_product *p, int32_t *bias) {
  const uk_lanes_i32 flip = UK_S8_FLIP;
  const size_t groups = p->taps * p->groups;
  const int8_t *w = p->weights;
  for (size_t column = 0; column < p->outputs.columns; column += UK_PANEL) {
    uk_lanes_i32 sums[4] = {0}, start = {0};  // several, since a sum waits for the one before
    for (size_t k = 0; k < groups; ++k, w += 4 * UK_PANEL) {
      uk_weights columns;
      memcpy(&columns, w, sizeof columns);
      const uk_lanes_i32 sum = uk_multiply_add_flipped(sums[0], flip, columns);
      sums[0] = sums[1], sums[1] = sums[2], sums[2] = sums[3], sums[3] = sum;
    }
    if (p->bias != NULL) memcpy(&start, p->bias + column, sizeof start);
    start -= sums[0] + sums[1] + (sums[2] + sums[3]);
    memcpy(bias + column, &start, sizeof start);
  }
}

/// Rows `first ..< first + rows` of panels `panel ..< panel + panels`; both extents are constants.
/// The last panel may be halved.
UK_INLINE UK_TARGET void uk_s8_flipped_panels(const uk_s8_product *p, size_t panel, size_t first,
                                              int fits, const int panels, const int rows,
                                              const int halves) {
  uk_lanes_i32 sum[UK_TILE_SUMS];
  UK_UNROLL for (int v = 0; v < panels; ++v) {
    uk_lanes_i32 start;
    memcpy(&start, p->bias + (panel + v) * UK_PANEL, sizeof start);
    UK_UNROLL for (int i = 0; i < rows; ++i) sum[i * panels + v] = start;
  }
  const int8_t *w = p->weights + panel * p->panel_bytes;
  const void *const *tap = p->a + first;
  const size_t groups = p->groups, panel_bytes = p->panel_bytes;
  uk_lanes_i32 flip = UK_S8_FLIP;
  UK_SETTLE(flip);  // lest groups be flipped first and broadcast then: one instruction does both
  for (size_t t = 0; t < p->taps; ++t, tap += p->pitch) {
    const uint8_t *a[UK_TILE_SUMS];
    UK_UNROLL for (int i = 0; i < rows; ++i) a[i] = tap[i];
    for (size_t k = 0; k < groups; ++k, w += 4 * UK_PANEL) {
      uk_weights columns[UK_TILE_WIDTH];
      UK_UNROLL for (int v = 0; v < panels; ++v) {
        memcpy(&columns[v], w + v * panel_bytes, sizeof *columns);
      }
      UK_UNROLL for (int i = 0; i < rows; ++i) {
        const uk_lanes_i32 group = uk_broadcast_group(a[i] + 4 * k) ^ flip;
        UK_UNROLL for (int v = 0; v < panels; ++v) {
          uk_lanes_i32 *to = &sum[i * panels + v];
          *to = halves && v == panels - 1 ? uk_multiply_add_half(*to, group, columns[v])
                                          : uk_multiply_add_flipped(*to, group, columns[v]);
        }
      }
    }
  }
  uk_s8_store_tile(p, sum, panel, first, fits, panels, rows);
}

UK_INLINE UK_TARGET void uk_s8_flipped_tile(const uk_s8_product *p, size_t panel, size_t first,
                                            int fits, const int panels, const int rows) {
  uk_s8_flipped_panels(p, panel, first, fits, panels, rows, 0);
}

UK_INLINE UK_TARGET void uk_s8_halved_tile(const uk_s8_product *p, size_t panel, size_t first,
                                           int fits, const int panels, const int rows) {
  uk_s8_flipped_panels(p, panel, first, fits, panels, rows, 1);
}

#define UK_S8_FLIPPED_TILE(panels, tallest) UK_S8_TILE(uk_s8_flipped_tile, panels, tallest)
#define UK_S8_HALVED_TILE(panels, tallest) UK_S8_TILE(uk_s8_halved_tile, panels, tallest)

UK_TARGET void UK_S8_FLIPPED_BLOCK(const uk_s8_product *p, uint32_t rows) {
  const size_t panel_end = (p->outputs.columns + UK_PANEL - 1) / UK_PANEL;
  const int has_half = panel_end * UK_PANEL - p->outputs.columns >= UK_PANEL / 2;
  for (size_t panel = 0; panel < panel_end;) {
    if (has_half && panel_end - panel <= 2) {
      UK_S8_FLIPPED_TILES(UK_S8_HALVED_TILE)
    }
    UK_S8_FLIPPED_TILES(UK_S8_FLIPPED_TILE)
  }
}
