// SPDX-License-Identifier: Apache-2.0
// The taps of output pixels of an int8 convolution that reads its input as it is.
#include "../support/uk_s8_rows.h"

/// A block of output pixels.
typedef struct uk_s8_conv_block {
  const uk_window *window;
  const uk_rows *operands;
  int8_t *copied;              // padded rows, or pixels, as the tiles read them
  const int32_t *window_sums;  // of padded rows by left column, if a pixel is one group; or NULL
  const void **a;              // [tap][pixel]
  int8_t **y;
  const int8_t **residual;
} uk_s8_conv_block;

#if UK_STEPS == 1

/// Points to the taps of a run of pixels, `at` in the block.
UK_INLINE UK_TARGET void uk_s8_conv_point_image(const uk_s8_conv_block *block, size_t count,
                                              uk_run run, size_t at) {
  const uk_window *window = block->window;
  const size_t channels = window->in_channels, width = window->in_width;
  const int8_t *pad = (const int8_t *)block->operands[4].data;
  const void **a = block->a + at;
  for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
    const uint8_t *x_row = uk_window_row(window, &block->operands[0], run.row, ky);
    for (uint32_t kx = 0; kx < window->kernel_width; ++kx, a += count) {
      int64_t x = (int64_t)run.column * window->stride_width - window->pad_left
                  + (int64_t)kx * window->dilation_width;
      for (size_t j = 0; j < run.count; ++j, x += window->stride_width) {
        const int is_inside = x_row != NULL && (uint64_t)x < width;
        a[j] = is_inside ? (const int8_t *)x_row + (size_t)x * channels : pad;
      }
    }
  }
}

#else

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
  } else {
    for (uint32_t kx = 0; kx < taps; ++kx) uk_widen(x + kx * step, channels, wide + kx * depth);
  }
}

/// Gathers the taps of a run of pixels, `at` in the block, in int16.
UK_INLINE UK_TARGET void uk_s8_conv_point_image(const uk_s8_conv_block *block, size_t count,
                                                uk_run run, size_t at) {
  (void)count;
  const uk_window *window = block->window;
  const size_t row_depth = window->kernel_width * uk_round_up(window->in_channels, 4);
  const size_t depth = window->kernel_height * row_depth;
  int16_t *wide = (int16_t *)block->copied + at * depth;
  for (uint32_t j = 0; j < run.count; ++j) block->a[at + j] = wide + j * depth;
  for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
    const uint8_t *x_row = uk_window_row(window, &block->operands[0], run.row, ky);
    for (uint32_t j = 0; j < run.count; ++j) {
      uk_s8_conv_widen(window, x_row, run.column + j, block->operands[4].data,
                       wide + j * depth + ky * row_depth);
    }
  }
}

#endif
