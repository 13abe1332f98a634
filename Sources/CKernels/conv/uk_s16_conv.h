// SPDX-License-Identifier: Apache-2.0
// The int16 convolution: for each output pixel of a block a list of pointers to its taps, then a
// product. Include one of uk_s16_<isa>.h first.

/// Points to the taps of a run of pixels, `at` in a block of `count`, and copies what they have
/// behind their groups of 4.
UK_INLINE UK_TARGET void uk_s16_conv_point(const uk_window *window, const uk_rows *operands,
                                           uk_run run, size_t count, size_t at, const int16_t **a,
                                           uint64_t *tails) {
  const size_t channels = window->in_channels;
  for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
    const uint8_t *x_row = uk_window_row(window, &operands[0], run.row, ky);
    for (uint32_t kx = 0; kx < window->kernel_width; ++kx, a += count, tails += count) {
      for (size_t j = 0; j < run.count; ++j) {
        const int16_t *x = uk_window_tap(window, x_row, 2 * channels,
                                         run.column + (uint32_t)j, kx, operands[4].data);
        a[at + j] = x;
        if (channels % 4 != 0) tails[at + j] = uk_s16_group(x + channels / 4 * 4, channels % 4);
      }
    }
  }
}

UK_INLINE UK_TARGET void uk_s16_conv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                     void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t taps = uk_window_taps(window), channels = window->in_channels;
  const int16_t **a = scratch;
  uint64_t *tails = (uint64_t *)scratch + taps * uk_s16_conv_pixels(window);
  int16_t *y[UK_S16_ROWS];
  uk_s16_product product = {
      .a = a,
      .tails = channels % 4 != 0 ? tails : NULL,
      .taps = taps,
      .groups = channels / 4,
      .weights = (const int8_t *)operands[1].data,
      .panel_bytes = uk_s16_panel_bytes(taps, channels),
      .bias = (const int64_t *)operands[2].data,
      .scale = (const float *)operands[3].data,
      .output = &p->output,
      .y = y,
      .columns = window->out_channels,
  };
  const uint64_t last = (uint64_t)end * window->out_width;
  for (uint64_t first = (uint64_t)begin * window->out_width; first < last;) {
    const uint32_t count = uk_even_block(last - first, UK_S16_ROWS);
    for (size_t i = 0; i < count;) {
      const uk_run run = uk_window_run(window, first + i, first + count);
      int16_t *row = (int16_t *)uk_row(&operands[5], run.row);
      for (size_t j = 0; j < run.count; ++j) {
        y[i + j] = row + (run.column + j) * window->out_channels;
      }
      uk_s16_conv_point(window, operands, run, count, i, a, tails);
      i += run.count;
    }
    product.pitch = count;
    uk_s16_block(&product, count);
    first += count;
  }
}
