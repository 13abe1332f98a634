// SPDX-License-Identifier: Apache-2.0
// Input rows of an int8 convolution with horizontal padding and whole groups of 4 channels, so that
// every window is inside and the taps of a kernel row are neighbours.
#include "../support/uk_s8_rows.h"

/// Pixels to pixels of whole groups of 4 channels; what is behind the channels is 0. All bytes are
/// combined with `flip`, which is 0 or −128.
UK_INLINE UK_TARGET void uk_s8_pad_pixels(const int8_t *x, size_t count, size_t channels,
                                          uk_pixel_order order, int8_t flip, int8_t *padded) {
  const size_t pixel = uk_round_up(channels, 4);
  if (pixel == channels) {
    for (size_t b = 0; b < count * channels; ++b) padded[b] = x[b] ^ flip;
    return;
  }
  for (size_t i = channels < 4 ? uk_s8_widen_pixels(x, count, channels, order, flip, padded) : 0;
       i < count; ++i) {
    for (size_t b = 0; b < pixel; ++b) {
      padded[i * pixel + b] = (b < channels ? x[i * channels + b] : 0) ^ flip;
    }
  }
}

/// One padded row; outside the image `x` is NULL.
UK_INLINE UK_TARGET void uk_s8_conv_pad_row(const uk_window *window, const int8_t *x,
                                            const int8_t *pad, uk_pixel_order order,
                                            int8_t flip, int8_t *padded) {
  const size_t channels = window->in_channels, pixel = uk_round_up(channels, 4);
  const size_t width = uk_s8_conv_padded_row_bytes(window) / pixel;
  const size_t left = x == NULL || window->pad_left > width ? width : window->pad_left;
  const size_t inside = width - left < window->in_width ? width - left : window->in_width;
  if (inside > 0) uk_s8_pad_pixels(x, inside, channels, order, flip, padded + left * pixel);
  for (size_t i = 0; i < width; ++i) {
    if (i == left) i += inside;
    if (i < width) uk_s8_pad_pixels(pad, 1, channels, order, flip, padded + i * pixel);
  }
}

/// The padded rows under output row `row`, one per kernel row, as the tiles read them, flipped if
/// the product `keeps` its weights. If this row `follows` the one before, rows under both move up.
UK_INLINE UK_TARGET void uk_s8_conv_pad_rows(const uk_window *window, const uk_rows *operands,
                                             uint32_t row, int follows, uk_pixel_order order,
                                             int keeps, int8_t *rows) {
  const size_t row_bytes = uk_s8_conv_padded_row_bytes(window), height = window->kernel_height;
  const size_t stride = window->stride_height;
  const int8_t *pad = (const int8_t *)operands[4].data;
  size_t ky = 0;
  if (follows && stride < height && window->dilation_height == 1 && row % window->out_height != 0) {
    ky = height - stride;
    memmove(rows, rows + UK_STEPS * stride * row_bytes, UK_STEPS * ky * row_bytes);
  }
  for (; ky < height; ++ky) {
    const int8_t *x = (const int8_t *)uk_window_row(window, &operands[0], row, (uint32_t)ky);
    int8_t *padded = rows + UK_STEPS * ky * row_bytes;
    int8_t *narrow = UK_STEPS == 1 ? padded : rows + UK_STEPS * height * row_bytes;
    uk_s8_conv_pad_row(window, x, pad, order, keeps ? -128 : 0, narrow);
    if (UK_STEPS == 2) uk_widen(narrow, row_bytes, (int16_t *)padded);
  }
}

#if UK_STEPS == 1

/// The sums over the columns of padded rows whose pixels are one group.
UK_INLINE UK_TARGET void uk_s8_sum_columns(const int8_t *padded, size_t rows, size_t row_bytes,
                                           int32_t *sums) {
  const size_t columns = row_bytes / 4;
  size_t x = 0;
  for (; x + UK_LANES <= columns; x += UK_LANES) {
    uk_lanes_i32 sum = {0};
    for (size_t row = 0; row < rows; ++row) {
      sum = uk_sum_groups(sum, padded + row * row_bytes + 4 * x);
    }
    memcpy(sums + x, &sum, sizeof sum);
  }
  for (; x < columns; ++x) {
    sums[x] = 0;
    for (size_t row = 0; row < rows; ++row) {
      const int8_t *pixel = padded + row * row_bytes + 4 * x;
      sums[x] += pixel[0] + pixel[1] + pixel[2] + pixel[3];
    }
  }
}

/// The sums over the windows that begin at each column of padded rows whose pixels are one group.
UK_INLINE UK_TARGET void uk_s8_sum_windows(const uk_window *window, const int8_t *padded,
                                           int32_t *sums) {
  const size_t row_bytes = uk_s8_conv_padded_row_bytes(window), columns = row_bytes / 4;
  const size_t reach = (size_t)(window->kernel_width - 1) * window->dilation_width;
  uk_s8_sum_columns(padded, window->kernel_height, row_bytes, sums);
  size_t x = 0;
  for (; x + reach + UK_LANES <= columns; x += UK_LANES) {
    uk_lanes_i32 sum = {0};
    for (size_t tap = 0; tap <= reach; tap += window->dilation_width) {
      uk_lanes_i32 column;
      memcpy(&column, sums + x + tap, sizeof column);
      sum += column;
    }
    memcpy(sums + x, &sum, sizeof sum);
  }
  for (; x + reach < columns; ++x) {
    for (size_t tap = window->dilation_width; tap <= reach; tap += window->dilation_width) {
      sums[x] += sums[x + tap];
    }
  }
}

#endif
