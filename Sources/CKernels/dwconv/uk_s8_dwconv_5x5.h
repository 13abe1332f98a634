// SPDX-License-Identifier: Apache-2.0
// A window of 5×5 that slides along a row. Its groups of taps are rows 0 … 3 of each column, then
// columns 0 … 3 of row 4, then its last tap as the fourth of columns 1 … 4. Part of
// uk_s8_dwconv_quads.h, once for each width.

/// The last 8 columns of the input in groups, more than registers hold; column x is at x % 8.
typedef struct UK_QUAD(uk_columns) {
  UK_QUAD(uk_group) upper[8];  // under rows 0 … 3
  UK_QUAD(uk_group) lower[8];  // in row 4, of this column and the next 3
} UK_QUAD(uk_columns);

typedef struct UK_QUAD(uk_pairs) {
  UK_BITS low, high;
} UK_QUAD(uk_pairs);

/// Row 4 where it was last loaded: its last pixel, and the last two pairs of neighbours.
typedef struct UK_QUAD(uk_row_end) {
  UK_BITS last;
  UK_QUAD(uk_pairs) pairs[2];
  uint32_t count;  // of columns so far
} UK_QUAD(uk_row_end);

/// Brings the channels from `first` on in the order of groups, at `block`.
UK_TARGET static void UK_QUAD(uk_order_5x5)(void *block, const uk_channels *c, size_t first,
                                            int32_t zero_point) {
  UK_QUAD(uk_quads) *q = block;
  const int8_t *w = (const int8_t *)c->weights + first;
  for (int group = 0; group < 7; ++group) {
    UK_BITS taps[4] = {0};
    for (int i = 0; i < 4; ++i) {
      const int tap = group < 5 ? 5 * i + group : 20 + i;
      if (group < 6) taps[i] = UK_QUAD(uk_load)(w + tap * c->tap_pitch);
    }
    if (group == 6) taps[3] = UK_QUAD(uk_load)(w + 24 * c->tap_pitch);
    q->weights[group] = UK_QUAD(uk_interleave)(taps);
  }
  UK_QUAD(uk_order_sums)(q, c, first, 7, 25, zero_point);
}

/// Loads the next column, which completes the group of row 4 that begins 3 columns before it.
UK_INLINE UK_TARGET void UK_QUAD(uk_load_column)(uk_slide *s, UK_QUAD(uk_columns) *x,
                                                 UK_QUAD(uk_row_end) *e) {
  UK_BITS rows[5];
  if ((uint64_t)s->column++ < s->width) {
    UK_UNROLL for (int i = 0; i < 5; ++i) {
      rows[i] = UK_QUAD(uk_load_flipped)(s->x[i]);
      s->x[i] += s->x_step[i];
    }
  } else {
    UK_UNROLL for (int i = 0; i < 5; ++i) rows[i] = UK_QUAD(uk_load_flipped)(s->pad);
  }
  x->upper[e->count % 8] = UK_QUAD(uk_interleave)(rows);
  const UK_QUAD(uk_pairs) fresh = {UK_MM(unpacklo_epi8)(e->last, rows[4]),
                                   UK_MM(unpackhi_epi8)(e->last, rows[4])};
  UK_BITS *lower = x->lower[(e->count + 5) % 8].v;
  lower[0] = UK_MM(unpacklo_epi16)(e->pairs[0].low, fresh.low);
  lower[1] = UK_MM(unpackhi_epi16)(e->pairs[0].low, fresh.low);
  lower[2] = UK_MM(unpacklo_epi16)(e->pairs[0].high, fresh.high);
  lower[3] = UK_MM(unpackhi_epi16)(e->pairs[0].high, fresh.high);
  e->last = rows[4];
  e->pairs[0] = e->pairs[1];
  e->pairs[1] = fresh;
  ++e->count;
}

/// `count` neighbouring pixels at `y`; the window of the i-th starts at column
/// `first + stride · i`.
UK_INLINE UK_TARGET void UK_QUAD(uk_5x5_pixels)(const UK_QUAD(uk_quads) *q,
                                                const UK_QUAD(uk_quad_output) *output,
                                                const uk_s8_steps *s8,
                                                const UK_QUAD(uk_columns) *x, uint32_t first,
                                                const int stride, const int count, uint8_t *y,
                                                size_t y_step) {
  const UK_QUAD(uk_group) *at[2][7];
  UK_UNROLL for (int i = 0; i < 7 * count; ++i) {
    const uint32_t column = first + (uint32_t)(stride * (i / 7));
    const int group = i % 7;
    at[i / 7][group] = group < 5 ? &x->upper[(column + (uint32_t)group) % 8]
                                 : &x->lower[(column + (uint32_t)group - 5) % 8];
  }
  UK_BITS steps[2][4];
  UK_UNROLL for (int j = 0; j < 4; ++j) {
    UK_BITS sum[2];
    UK_UNROLL for (int i = 0; i < count; ++i) sum[i] = (UK_BITS)q->bias[j];
    UK_UNROLL for (int group = 0; group < 7; ++group) {
      const UK_BITS w = q->weights[group].v[j];
      UK_UNROLL for (int i = 0; i < count; ++i) {
        sum[i] = UK_DPBUSD(sum[i], at[i][group]->v[j], w);
      }
    }
    UK_NO_UNROLL for (int part = 0; part < s8->zero_parts; ++part) {
      UK_UNROLL for (int group = 0; group < 7; ++group) {
        const uint32_t z = group < 6 ? s8->zero_part * 0x01010101u : (uint32_t)s8->zero_part << 24;
        UK_UNROLL for (int i = 0; i < count; ++i) {
          sum[i] = UK_DPBUSD(sum[i], at[i][group]->v[j], UK_MM(set1_epi32)((int32_t)z));
        }
      }
    }
    UK_UNROLL for (int i = 0; i < count; ++i) steps[i][j] = UK_QUAD(uk_scale_quads)(q, j, sum[i]);
  }
  UK_UNROLL for (int i = 0; i < count; ++i) {
    const UK_BITS bytes = UK_QUAD(uk_pack_quads)(steps[i], output);
    memcpy(y + i * y_step, &bytes, sizeof bytes);
  }
}

/// One output row of the channels from `first` on.
UK_INLINE UK_TARGET void UK_QUAD(uk_5x5_over)(const UK_QUAD(uk_quads) *q, const uk_slide *slide,
                                              size_t first, const uk_s8_steps *steps,
                                              const int stride) {
  const UK_QUAD(uk_quad_output) output = UK_QUAD(uk_make_output)(steps->output);
  uk_slide s = uk_slide_from(slide, first);
  UK_QUAD(uk_columns) x;
  UK_QUAD(uk_row_end) end = {.count = 0};
  UK_NO_UNROLL for (int i = 0; i < 5 - stride; ++i) UK_QUAD(uk_load_column)(&s, &x, &end);
  uint32_t pixel = 0;
  for (; pixel + 2 <= s.out_width; pixel += 2) {
    UK_UNROLL for (int i = 0; i < 2 * stride; ++i) UK_QUAD(uk_load_column)(&s, &x, &end);
    uint8_t *y = s.y[0] + pixel * s.y_step;
    UK_QUAD(uk_5x5_pixels)(q, &output, steps, &x, (uint32_t)stride * pixel, stride, 2, y, s.y_step);
  }
  if (pixel == s.out_width) return;
  UK_UNROLL for (int i = 0; i < stride; ++i) UK_QUAD(uk_load_column)(&s, &x, &end);
  uint8_t *y = s.y[0] + pixel * s.y_step;
  UK_QUAD(uk_5x5_pixels)(q, &output, steps, &x, (uint32_t)stride * pixel, stride, 1, y, s.y_step);
}

UK_TARGET static __attribute__((noinline)) void UK_QUAD(uk_5x5_block)(
    const void *block, const uk_slide *slide, size_t first, const uk_s8_steps *steps) {
  if (slide->stride == 2) {
    UK_QUAD(uk_5x5_over)(block, slide, first, steps, 2);
  } else {
    UK_QUAD(uk_5x5_over)(block, slide, first, steps, 1);
  }
}
