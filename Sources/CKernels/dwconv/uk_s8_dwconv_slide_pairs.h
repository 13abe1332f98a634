// SPDX-License-Identifier: Apache-2.0
// A window of 3×3 that slides along rows of 16 channels, its taps in pairs: those of rows 0 and 1
// of each column, then the first two of row 2, then the last with a weight of 0. Part of
// uk_s8_dwconv.h.

/// Rows 0 and 1 of one column, and row 2 of it and of the next.
typedef struct uk_column_pairs {
  uk_pairs upper, lower;
} uk_column_pairs;

/// Widens the weights of the channels from `first` on, less their zero point, to [pair][16][2].
UK_INLINE UK_TARGET void uk_pair_columns(const uk_channels *c, size_t first, int32_t zero_point,
                                         int16_t *pairs) {
  static const uint8_t taps[5][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}, {8, 9}};
  const int8_t *w = (const int8_t *)c->weights + first;
  for (int i = 0; i < 5; ++i, pairs += 2 * UK_CHANNEL_BLOCK) {
    const uk_bytes16 none = (int8_t)zero_point;
    uk_pairs pair = uk_interleave(
        uk_load_channels_s8(w + taps[i][0] * c->tap_pitch, UK_CHANNEL_BLOCK),
        i < 4 ? uk_load_channels_s8(w + taps[i][1] * c->tap_pitch, UK_CHANNEL_BLOCK) : none);
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) pair.v[v] -= (int16_t)zero_point;
    memcpy(pairs, &pair, sizeof pair);
  }
}

/// The next pixel of input row `i`, if `column` is inside, or padding.
UK_INLINE UK_TARGET uk_bytes16 uk_next_pixel(uk_slide *s, int i, int64_t column) {
  if ((uint64_t)column >= s->width) return uk_load_channels_s8(s->pad, UK_CHANNEL_BLOCK);
  const uk_bytes16 x = uk_load_channels_s8(s->x[i], UK_CHANNEL_BLOCK);
  s->x[i] += s->x_step[i];
  return x;
}

/// The next column; `lower` is its pixel of row 2, and becomes that of the one after.
UK_INLINE UK_TARGET uk_column_pairs uk_next_pair_column(uk_slide *s, uk_bytes16 *lower) {
  const uk_bytes16 first = *lower;
  uk_column_pairs x;
  x.upper = uk_interleave(uk_next_pixel(s, 0, s->column), uk_next_pixel(s, 1, s->column));
  *lower = uk_next_pixel(s, 2, ++s->column);
  x.lower = uk_interleave(first, *lower);
  return x;
}

/// One output row of the 16 channels from `first` on.
UK_INLINE UK_TARGET void uk_slide_row(const uk_channels *c, const uk_slide *slide, size_t first,
                                      const int16_t *w, const uk_s8_output *output,
                                      const int stride) {
  uk_slide s = uk_slide_from(slide, first);
  const uk_panel_i32 bias = uk_load_panel_i32((const int32_t *)c->bias + first);
  const uk_panel_f32 scale = uk_load_panel_f32((const float *)c->scale + first);
  uk_bytes16 lower = uk_next_pixel(&s, 2, s.column);
  uk_column_pairs x[3];
  UK_UNROLL for (int i = 0; i < 3 - stride; ++i) x[i] = uk_next_pair_column(&s, &lower);
  uint8_t *y = s.y[0];
  for (uint32_t pixel = 0; pixel < s.out_width; ++pixel, y += s.y_step) {
    UK_UNROLL for (int i = 3 - stride; i < 3; ++i) x[i] = uk_next_pair_column(&s, &lower);
    uk_panel_i32 sum = bias;
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
      UK_UNROLL for (int i = 0; i < 5; ++i) {
        uk_pairs weights;
        memcpy(&weights, w + 2 * UK_CHANNEL_BLOCK * i, sizeof weights);
        const uk_lanes_i16 taps = i < 3 ? x[i].upper.v[v] : x[2 * (i - 3)].lower.v[v];
        sum.v[v] += UK_MULTIPLY_ADD_PAIRS(taps, weights.v[v]);
      }
    }
    const uk_bytes16 bytes = uk_requantize_panel(sum, scale, output);
    memcpy(y, &bytes, sizeof bytes);
    x[0] = x[stride];
    if (stride == 1) x[1] = x[2];
  }
}

UK_TARGET static __attribute__((noinline)) void uk_slide_channels(
    const uk_channels *c, const uk_slide *slide, size_t first, const int16_t *w,
    const uk_s8_output *output) {
  if (slide->stride == 2) {
    uk_slide_row(c, slide, first, w, output, 2);
  } else {
    uk_slide_row(c, slide, first, w, output, 1);
  }
}

/// Output rows `begin ..< end`; the weights are widened to `scratch`.
UK_TARGET static void uk_s8_slide_pairs(const uk_channels *c, const uk_s8_window_parameters *p,
                                        const uk_rows *y, uint32_t begin, uint32_t end,
                                        int16_t *scratch) {
  const uk_s8_output output = uk_make_s8_output(&p->output);
  UK_EACH_SPAN(span, c->count, UK_CHANNEL_BLOCK, UK_CHANNEL_BLOCK) {
    uk_pair_columns(c, span.first, p->weights_zero_point, scratch + 10 * span.done);
  }
  for (uint32_t row = begin; row < end; ++row) {
    const uk_slide slide = uk_make_slide(c, y, row, row + 1, 1);
    for (uint32_t phase = 0; phase < uk_phases(c->window); ++phase) {
      uk_slide room;
      const uk_slide *way = uk_slide_phase(&slide, c->window, phase, &room);
      UK_EACH_SPAN(span, c->count, UK_CHANNEL_BLOCK, UK_CHANNEL_BLOCK) {
        uk_slide_channels(c, way, span.first, scratch + 10 * span.done, &output);
      }
    }
  }
}

/// In place, the channels from `first` on, `count` of them, a multiple of 16.
UK_TARGET static void uk_s8_slide_pairs_inplace(const uk_channels *c,
                                                const uk_s8_window_parameters *p, size_t first,
                                                size_t count, void *ring, int16_t *weights) {
  const uk_s8_output output = uk_make_s8_output(&p->output);
  for (size_t channel = first; channel < first + count; channel += UK_CHANNEL_BLOCK) {
    uk_pair_columns(c, channel, p->weights_zero_point, weights);
    uk_inplace at = uk_begin_inplace(c, channel, UK_CHANNEL_BLOCK, 1, 1, ring);
    while (uk_next_inplace(&at)) {
      for (uint32_t phase = 0; phase < uk_phases(c->window); ++phase) {
        uk_slide room;
        const uk_slide *way = uk_slide_phase(&at.slide, c->window, phase, &room);
        uk_slide_channels(c, way, channel, weights, &output);
      }
    }
  }
}
