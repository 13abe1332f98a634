// SPDX-License-Identifier: Apache-2.0
// The int8 convolution on vectors: the inputs of a block of output pixels are gathered and widened,
// then multiplied as a matrix. Include one of uk_s8_<isa>.h first.
#include "../support/uk_s8_rows.h"

/// Widens `taps` pixels of fewer than 4 channels, `step` apart and followed by 3 readable bytes.
UK_INLINE UK_TARGET void uk_widen_few(const int8_t *x, size_t step, size_t channels, size_t taps,
                                      int16_t *wide) {
  const uint32_t mask = (1u << (8 * channels)) - 1;
  for (size_t tap = 0; tap < taps; ++tap, x += step, wide += 4) {
    uint32_t group;
    memcpy(&group, x, sizeof group);
    group &= mask;
    uk_widen4(&group, wide);
  }
}

/// Widens the inputs under kernel row `ky` of one output pixel to `wide`: [kx][channels].
UK_INLINE UK_TARGET void uk_s8_conv_widen(const uk_window *window, const uint8_t *x_row,
                                          uint32_t column, const void *pad, int16_t *wide) {
  const size_t channels = window->in_channels, depth = uk_round_up(channels, 4);
  const size_t taps = window->kernel_width, step = window->dilation_width * channels;
  const int64_t left = (int64_t)column * window->stride_width - window->pad_left;
  const int64_t right = left + (int64_t)(taps - 1) * window->dilation_width;
  if (x_row == NULL || left < 0 || right >= window->in_width) {
    for (uint32_t kx = 0; kx < taps; ++kx) {
      const int8_t *x = uk_window_tap(window, x_row, channels, column, kx, pad);
      uk_widen(x, channels, wide + kx * depth);
    }
    return;
  }
  const int8_t *x = (const int8_t *)x_row + (size_t)left * channels;
  if (step == channels && channels == depth) {
    uk_widen(x, taps * depth, wide);  // neighbours that fill their groups
  } else if (channels < 4 && (window->in_width - 1 - right) * (int64_t)channels >= 3) {
    uk_widen_few(x, step, channels, taps, wide);
  } else {
    for (uint32_t kx = 0; kx < taps; ++kx) uk_widen(x + kx * step, channels, wide + kx * depth);
  }
}

/// Gathers the inputs and points to the outputs of `count` output pixels from `first` on.
UK_INLINE UK_TARGET void uk_s8_conv_gather(const uk_window *window, const uk_rows *operands,
                                           uint64_t first, size_t count, int16_t *a, int8_t **y,
                                           const int8_t **residual) {
  const size_t row_depth = window->kernel_width * uk_round_up(window->in_channels, 4);
  const size_t depth = window->kernel_height * row_depth;
  size_t i = 0;
  while (i < count) {
    const uk_run run = uk_window_run(window, first + i, first + count);
    int8_t *y_row = (int8_t *)uk_row(&operands[5 + UK_RESIDUAL], run.row);
    const int8_t *residual_row = (const int8_t *)uk_row(&operands[5], run.row);
    for (size_t j = 0; j < run.count; ++j) {
      y[i + j] = y_row + (run.column + j) * window->out_channels;
      if (UK_RESIDUAL) residual[i + j] = residual_row + (run.column + j) * window->out_channels;
    }
    for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
      const uint8_t *x_row = uk_window_row(window, &operands[0], run.row, ky);
      for (uint32_t j = 0; j < run.count; ++j) {
        uk_s8_conv_widen(window, x_row, run.column + j, operands[4].data,
                         a + (i + j) * depth + ky * row_depth);
      }
    }
    i += run.count;
  }
}

UK_INLINE UK_TARGET void uk_s8_conv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t depth = uk_window_taps(window) * uk_round_up(window->in_channels, 4);
  const uint64_t last = (uint64_t)end * window->out_width;
  int16_t *wide = scratch;
  const void *a[UK_BLOCK_ROWS];
  int8_t *y[UK_BLOCK_ROWS];
  const int8_t *residual[UK_BLOCK_ROWS];
  int32_t starts[UK_BLOCK_ROWS];
  const uk_s8_product product = {
      .a = a,
      .taps = 1,
      .groups = depth / 4,
      .starts = starts,
      .weights = (const int8_t *)operands[1].data,
      .panel_bytes = depth * UK_PANEL,
      .bias = (const int32_t *)operands[2].data,
      .outputs = {
          .scale = (const float *)operands[3].data,
          .output = &p->output,
          .y = y,
          .columns = window->out_channels,
          .residual = UK_RESIDUAL ? residual : NULL,
          .add = (const uk_s8_residual *)(p + 1),
      },
  };
  for (size_t i = 0; i < UK_BLOCK_ROWS; ++i) a[i] = wide + i * depth;
  uint32_t count;
  for (uint64_t first = (uint64_t)begin * window->out_width; first < last; first += count) {
    count = uk_even_block(last - first, uk_block_rows(uk_s8_conv_row_bytes(window)));
    uk_s8_conv_gather(window, operands, first, count, wide, y, residual);
    uk_s8_wide_starts(wide, count, depth, p->weights_zero_point, starts);
    UK_S8_BLOCK(&product, count);
  }
}
