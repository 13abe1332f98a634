// SPDX-License-Identifier: Apache-2.0
// Products of few groups with a dot product of bytes: the weights of some columns stay in registers
// while rows go by. A tile would spend as long on its edges as on its sums.
//
// Here the rows plus 128 are the unsigned operand, since flipping a short row is cheaper than
// summing it; each column starts at its bias − 128 · Σw. Quads are short, so the CPU stores one
// while it sums up the next.
#include "uk_s8_product.h"

/// One quad of sums: 4 / `panels` rows from `first` on. All extents are constants.
UK_INLINE UK_TARGET void uk_s8_kept_quad(const uk_s8_product *p, const uk_s8_plain *plain,
                                         const uk_lanes_i32 *start, const uk_weights *w,
                                         size_t first, const int panels, const int taps,
                                         const int groups) {
  uk_lanes_i32 sum[4];
  UK_UNROLL for (int n = 0; n < 4; ++n) sum[n] = start[n % panels];
  UK_UNROLL for (int k = 0; k < taps * groups; ++k) {
    UK_UNROLL for (int n = 0; n < 4; ++n) {
      const uint8_t *a = p->a[k / groups * p->pitch + first + n / panels];
      const uk_lanes_i32 group = uk_broadcast_group(a + 4 * (k % groups));
      sum[n] = uk_multiply_add_flipped(sum[n], group, w[k * panels + n % panels]);
    }
  }
  uk_s8_store_rows(plain, sum, first, 4 / panels, panels, taps * groups >= 8);
}

/// All rows of some panels; there are 4 or more. The last quad may do some of them again.
UK_INLINE UK_TARGET void uk_s8_kept_rows(const uk_s8_product *product, size_t panel, size_t rows,
                                         const int panels, const int taps, const int groups) {
  const uk_s8_product p = *product;  // storing bytes may change anything but this
  const uk_s8_plain plain = uk_make_s8_plain(&p.outputs, panel * UK_PANEL, panels);
  uk_weights w[UK_S8_KEPT];
  const uk_lanes_i32 flip = UK_S8_FLIP;
  uk_lanes_i32 start[4];
  UK_UNROLL for (int v = 0; v < panels; ++v) {
    const int8_t *from = p.weights + (panel + v) * p.panel_bytes;
    uk_lanes_i32 sum = {0};
    UK_UNROLL for (int k = 0; k < taps * groups; ++k) {
      memcpy(&w[k * panels + v], from + k * (4 * UK_PANEL), sizeof *w);
      UK_SETTLE(w[k * panels + v]);  // lest it be read again for every row
      sum = uk_multiply_add_flipped(sum, flip, w[k * panels + v]);
    }
    memcpy(&start[v], p.bias + (panel + v) * UK_PANEL, sizeof *start);
    start[v] -= sum;
  }
  const size_t together = 4 / panels;
  for (size_t i = 0; i < rows; i += together) {
    const size_t first = i + together <= rows ? i : rows - together;
    uk_s8_kept_quad(&p, &plain, start, w, first, panels, taps, groups);
  }
}

/// Takes the panels that are left by the widest quad whose weights there are registers for.
#define UK_S8_KEPT_PANELS(taps_, groups_, panels)                   \
  if (left >= panels && panels * taps_ * groups_ <= UK_S8_KEPT) {   \
    uk_s8_kept_rows(p, panel, rows, panels, taps_, groups_);        \
    panel += panels;                                                \
    continue;                                                       \
  }

#define UK_S8_KEPT_SHAPE(taps_, groups_)              \
  if (p->taps == taps_ && p->groups == groups_) {     \
    UK_S8_KEPT_PANELS(taps_, groups_, 4)              \
    UK_S8_KEPT_PANELS(taps_, groups_, 2)              \
    UK_S8_KEPT_PANELS(taps_, groups_, 1)              \
  }

UK_TARGET void UK_S8_KEPT_BLOCK(const uk_s8_product *p, uint32_t rows) {
  const size_t panel_end = (p->outputs.columns + UK_PANEL - 1) / UK_PANEL;
  for (size_t panel = 0; panel < panel_end;) {
    const size_t left = panel_end - panel;
    UK_S8_KEPT_SHAPES(UK_S8_KEPT_SHAPE)
  }
}
