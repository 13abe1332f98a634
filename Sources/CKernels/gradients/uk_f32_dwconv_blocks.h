// SPDX-License-Identifier: Apache-2.0
// The part of uk_f32_dwconv_weight_gradient.h that shares taps and channels out to groups, and
// joins blocks of pixels.

/// Where the sums of a block of pixels go: those of a tap are `pitch` elements from the next tap's.
typedef struct uk_block_sums {
  const float *waiting;  // behind the sums of earlier blocks, one for each level
  size_t level;          // from one of them to the next
  size_t joins;          // how many of them these are added to
  size_t waiting_pitch;
  float *y;
  size_t pitch;
} uk_block_sums;

/// Taps from `tap` on, and channels from `c` on.
UK_INLINE void uk_join_taps(const uk_block_sums *b, const uk_vf *sums, size_t tap, size_t count,
                            size_t c) {
  for (size_t t = 0; t < count; ++t) {
    const float *waiting = b->waiting + (tap + t) * b->waiting_pitch + c;
    uk_vf sum = sums[t];
    for (size_t join = 0; join < b->joins; ++join) {
      waiting -= b->level;
      sum = uk_load(waiting) + sum;
    }
    uk_store(b->y + (tap + t) * b->pitch + c, sum);
  }
}

/// The kernel rows and channels of a part.
typedef struct uk_tap_part {
  const uk_window *window;
  const float *x, *dy;
  float *y, *waiting;
  size_t channel, channels;  // a multiple of 16 of them, padding included
  uint32_t row, row_end;
} uk_tap_part;

#define UK_GROUP_CASE(tall, wide)                                    \
  uk_sum_taps(&g, first, count, sums, tall, wide);                   \
  uk_join_taps(b, sums, tap, tall * wide, c);                        \
  break;

/// Columns `column ..< column + columns` of up to three rows: how many rows, for registers.
UK_INLINE uint32_t uk_group_rows(uint32_t rows, uint32_t columns) {
  const uint32_t most = columns == 3 ? 3 : columns == 5 ? 2 : 1;
  return rows < most ? rows : most;
}

/// The sums of a block of pixels, for channels from `c` of the part on.
UK_INLINE void uk_sum_channels(const uk_tap_part *p, const uk_block_sums *b, uint64_t first,
                               uint64_t count, size_t c) {
  const uk_window *w = p->window;
  const size_t channel = p->channel + c, channels = w->in_channels;
  uk_tap_group g = {
      .window = w,
      .left = channels > channel ? channels - channel : 0,
      .row_step = (size_t)w->dilation_height * w->in_width * channels,
      .column_step = (size_t)w->dilation_width * channels,
      .pixel_step = (size_t)w->stride_width * channels,
  };
  // Behind the last channel nothing is read.
  g.x = p->x + (g.left ? channel : 0);
  g.dy = p->dy + (g.left ? channel : 0);
  uk_vf sums[UK_TAP_SUMS];
  for (g.column = 0; g.column < w->kernel_width;) {
    const uint32_t rest = w->kernel_width - g.column;
    const uint32_t columns = rest < UK_TAP_COLUMNS ? rest : UK_TAP_COLUMNS;
    for (g.row = p->row; g.row < p->row_end;) {
      const uint32_t rows = uk_group_rows(p->row_end - g.row, columns);
      // Rows follow each other in the sums only where they are whole.
      const size_t tap = (size_t)(g.row - p->row) * w->kernel_width + g.column;
      const uint32_t tall = columns == w->kernel_width ? rows : 1;
      switch (columns * 4 + tall) {
        case 1 * 4 + 1: UK_GROUP_CASE(1, 1)
        case 2 * 4 + 1: UK_GROUP_CASE(1, 2)
        case 3 * 4 + 1: UK_GROUP_CASE(1, 3)
        case 3 * 4 + 2: UK_GROUP_CASE(2, 3)
        case 3 * 4 + 3: UK_GROUP_CASE(3, 3)
        case 4 * 4 + 1: UK_GROUP_CASE(1, 4)
        case 5 * 4 + 1: UK_GROUP_CASE(1, 5)
        case 5 * 4 + 2: UK_GROUP_CASE(2, 5)
      }
      g.row += tall;
    }
    g.column += columns;
  }
}

/// A part, block of pixels by block, so that all its channels read neighbours in memory. The
/// numbers of blocks that have been summed are the bits of a counter, and a carry joins two sums
/// of one size.
UK_INLINE void uk_sum_part(const uk_tap_part *p) {
  const uk_window *w = p->window;
  const size_t padded = uk_round_up(w->in_channels, UK_CHANNEL_BLOCK);
  const size_t taps = (size_t)(p->row_end - p->row) * w->kernel_width;
  const uint64_t pixels = uk_window_pixels(w);
  uk_block_sums b = {.level = taps * p->channels, .waiting_pitch = p->channels};
  for (uint64_t first = 0, block = 0; first < pixels; first += UK_SUM_BLOCK_ROWS, ++block) {
    const uint64_t rest = pixels - first;
    const int is_last = rest <= UK_SUM_BLOCK_ROWS;
    const size_t level = (size_t)__builtin_popcountll(block);
    b.joins = is_last ? level : (size_t)__builtin_ctzll(~block);
    b.waiting = p->waiting + level * b.level;
    b.y = is_last ? p->y + (size_t)p->row * w->kernel_width * padded + p->channel
                  : p->waiting + (level - b.joins) * b.level;
    b.pitch = is_last ? padded : p->channels;
    for (size_t c = 0; c < p->channels; c += UK_WIDTH) {
      uk_sum_channels(p, &b, first, is_last ? rest : UK_SUM_BLOCK_ROWS, c);
    }
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_window *w = arguments->parameters;
  const uint32_t rows = w->kernel_height;
  for (uint32_t u = begin; u < end;) {
    const uint32_t left = end - u, block = u / rows, row = u % rows;
    const uint32_t whole = row == 0 ? left / rows : 0;
    const uint32_t most = whole < UK_GRADIENT_BLOCKS ? whole : UK_GRADIENT_BLOCKS;
    const uint32_t blocks = whole == 0 ? 1 : most;
    const uint32_t row_end = whole > 0 || left >= rows - row ? rows : row + left;
    const uk_tap_part part = {
        .window = w,
        .x = uk_elements(arguments, 0, 0),
        .dy = uk_elements(arguments, 1, 0),
        .y = uk_elements(arguments, 2, 0),
        .waiting = scratch,
        .channel = (size_t)block * UK_CHANNEL_BLOCK,
        .channels = (size_t)blocks * UK_CHANNEL_BLOCK,
        .row = row,
        .row_end = row_end,
    };
    uk_sum_part(&part);
    u += whole > 0 ? blocks * rows : row_end - row;
  }
}
