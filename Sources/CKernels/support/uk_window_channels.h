// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_WINDOW_CHANNELS_H
#define THIMBLE_UK_WINDOW_CHANNELS_H

// A run of channels of a depthwise convolution: all of them, or a block of one done in place.

#include <string.h>

#include "uk_window.h"

/// The operands of a depthwise convolution from some channel on.
typedef struct uk_channels {
  const uk_window *window;
  uint32_t count;          // channels in the run
  uk_rows x;               // input rows, as `uk_window_row` finds them
  size_t x_pixel_bytes;    // between pixels of x
  uint32_t readable;       // elements that may be read of each pixel; >= count
  size_t y_pixel;          // between pixels of y, in elements
  size_t tap_pitch;        // between taps of the weights, in elements
  const void *weights, *bias, *scale;
  const void *pad;         // at least a block of channels
} uk_channels;

/// All channels of the operands x weights bias scale pad y; float32 has no scale.
UK_INLINE uk_channels uk_operand_channels(const uk_window *window, const uk_rows *operands,
                                          uint32_t element_bytes) {
  const int has_scale = element_bytes < sizeof(float);
  return (uk_channels){
      .window = window,
      .count = window->in_channels,
      .x = operands[0],
      .x_pixel_bytes = (size_t)window->in_channels * element_bytes,
      .readable = window->in_channels,
      .y_pixel = window->in_channels,
      .tap_pitch = uk_round_up(window->in_channels, UK_CHANNEL_BLOCK),
      .weights = operands[1].data,
      .bias = operands[2].data,
      .scale = has_scale ? operands[3].data : NULL,
      .pad = operands[has_scale ? 4 : 3].data,
  };
}

/// Lengthens the pad, which has `c->count` channels, with zeros to a whole block at `pad_block`.
UK_INLINE void uk_lengthen_pad(uk_channels *c, uint32_t element_bytes, void *pad_block) {
  memset(pad_block, 0, UK_CHANNEL_BLOCK * element_bytes);
  memcpy(pad_block, c->pad, c->count * element_bytes);
  c->pad = pad_block;
}

/// All channels; `pad_block` is room for a block of them.
UK_INLINE uk_channels uk_all_channels(const uk_window *window, const uk_rows *operands,
                                      uint32_t element_bytes, void *pad_block) {
  uk_channels c = uk_operand_channels(window, operands, element_bytes);
  if (c.count < UK_CHANNEL_BLOCK) uk_lengthen_pad(&c, element_bytes, pad_block);
  return c;
}

/// The channels from `first` on, up to 16 of `count`, with their input rows in a ring that has 16
/// channels to a pixel.
///
/// What fewer channels lack in the ring and in the pad is 0.
UK_INLINE uk_channels uk_channel_block(const uk_window *window, const uk_rows *operands,
                                       uint32_t element_bytes, size_t first, size_t count,
                                       void *ring, void *pad_block) {
  const size_t pixel_bytes = UK_CHANNEL_BLOCK * element_bytes;
  uk_channels c = uk_operand_channels(window, operands, element_bytes);
  c.count = count < UK_CHANNEL_BLOCK ? (uint32_t)count : UK_CHANNEL_BLOCK;
  c.x.data = ring;
  c.x.row_bytes = (uint32_t)(window->in_width * pixel_bytes);
  c.x.ring_rows = (uint32_t)uk_dwconv_inplace_ring_rows(window);
  c.x_pixel_bytes = pixel_bytes;
  c.readable = UK_CHANNEL_BLOCK;
  c.weights = (const uint8_t *)c.weights + first * element_bytes;
  c.bias = (const uint8_t *)c.bias + first * 4;
  if (c.scale != NULL) c.scale = (const float *)c.scale + first;
  c.pad = (const uint8_t *)c.pad + first * element_bytes;
  uk_lengthen_pad(&c, element_bytes, pad_block);
  return c;
}

/// How many of the channels of blocks `begin ..< end` there are.
UK_INLINE size_t uk_channels_of_blocks(const uk_window *window, uint32_t begin, uint32_t end) {
  const size_t first = (size_t)begin * UK_CHANNEL_BLOCK, stop = (size_t)end * UK_CHANNEL_BLOCK;
  return (stop < window->in_channels ? stop : window->in_channels) - first;
}

/// Points `x_rows` at the input rows under output row `row`, NULL outside the image.
UK_INLINE void uk_find_rows(const uk_channels *c, uint32_t row, const uint8_t **x_rows) {
  for (uint32_t ky = 0; ky < c->window->kernel_height; ++ky) {
    x_rows[ky] = uk_window_row(c->window, &c->x, row, ky);
  }
}

/// Points `taps` at the pixels under output column `column`; called for one column after another.
UK_INLINE void uk_find_taps(const uk_channels *c, const uint8_t *const *x_rows, uint32_t column,
                            const uint8_t **taps) {
  const uk_window *window = c->window;
  const int64_t left = (int64_t)column * window->stride_width - window->pad_left;
  const int64_t right = left + (int64_t)(window->kernel_width - 1) * window->dilation_width;
  // When this window and the last are within the image's width, every tap moves on by a stride.
  const int slides = left >= window->stride_width && right < window->in_width;
  const size_t step = window->stride_width * c->x_pixel_bytes;
  for (uint32_t ky = 0; ky < window->kernel_height; ++ky, taps += window->kernel_width) {
    if (slides && x_rows[ky] == NULL) continue;
    for (uint32_t kx = 0; kx < window->kernel_width; ++kx) {
      taps[kx] = slides ? taps[kx] + step
                        : uk_window_tap(window, x_rows[ky], c->x_pixel_bytes, column, kx, c->pad);
    }
  }
}

/// How many elements may be read at each tap under output column `column`.
///
/// Behind a pixel's few channels come those of its right neighbours.
UK_INLINE size_t uk_readable_at(const uk_channels *c, uint32_t column) {
  const uk_window *window = c->window;
  const int64_t left = (int64_t)column * window->stride_width - window->pad_left;
  const int64_t right = left + (int64_t)(window->kernel_width - 1) * window->dilation_width;
  const int64_t pixels = right < window->in_width ? window->in_width - right : 1;
  const size_t all = (size_t)pixels * c->readable;
  return all < UK_CHANNEL_BLOCK ? c->readable : UK_CHANNEL_BLOCK;
}

/// Copies input rows of one image to the ring until output row `row` may be written over them.
///
/// `x` is the image at the block's first channel; `loaded` counts its rows that were copied. Output
/// row r covers no input row past r, because no output extent is larger than the input's.
UK_INLINE void uk_load_ring(const uk_channels *c, const uint8_t *x, uint32_t row,
                            uint32_t element_bytes, uint32_t *loaded) {
  const uk_window *window = c->window;
  const size_t pixel_bytes = (size_t)window->in_channels * element_bytes;
  int64_t last = (int64_t)row * window->stride_height - window->pad_top +
                 (int64_t)(window->kernel_height - 1) * window->dilation_height;
  if (last < row) last = row;
  for (; *loaded < window->in_height && *loaded <= last; ++*loaded) {
    const uint8_t *from = x + *loaded * (window->in_width * pixel_bytes);
    uint8_t *to = uk_row(&c->x, *loaded);
    for (uint32_t i = 0; i < window->in_width; ++i, from += pixel_bytes, to += c->x_pixel_bytes) {
      if (c->count == UK_CHANNEL_BLOCK) {
        memcpy(to, from, UK_CHANNEL_BLOCK * element_bytes);
      } else {
        memset(to, 0, c->x_pixel_bytes);
        memcpy(to, from, c->count * element_bytes);
      }
    }
  }
}

/// The first channel of the block that holds channel `block`, a multiple of 16.
///
/// All blocks are whole when there is one: the last then repeats channels of the one before it.
UK_INLINE size_t uk_block_first(const uk_channels *c, size_t block) {
  if (block + UK_CHANNEL_BLOCK <= c->count || c->count < UK_CHANNEL_BLOCK) return block;
  return c->count - UK_CHANNEL_BLOCK;
}

/// Calls `compute(…, block, count, readable)` for every block of channels of output pixel `pixel`,
/// the counts constants where the block is whole.
#define UK_EACH_CHANNEL_BLOCK(c, pixel, compute, ...)                          \
  if (uk_readable_at(c, pixel) < UK_CHANNEL_BLOCK) {                           \
    compute(__VA_ARGS__, 0, (c)->count, (c)->count);                           \
  } else if ((c)->count < UK_CHANNEL_BLOCK) {                                  \
    compute(__VA_ARGS__, 0, (c)->count, UK_CHANNEL_BLOCK);                     \
  } else {                                                                     \
    for (size_t block = 0; block < (c)->count; block += UK_CHANNEL_BLOCK) {    \
      compute(__VA_ARGS__, block, UK_CHANNEL_BLOCK, UK_CHANNEL_BLOCK);         \
    }                                                                          \
  }

/// Computes output row `row` of one image to `y`.
typedef void (*uk_channels_row)(const uk_channels *c, const void *parameters, uint32_t row, void *y,
                                void *scratch);

/// Computes every row of a block of channels, of every image, over its own input at `x`.
UK_INLINE void uk_each_inplace_row(const uk_channels *c, uint8_t *x, uint32_t element_bytes,
                                   const void *parameters, uk_channels_row compute,
                                   void *scratch) {
  const uk_window *window = c->window;
  const size_t pixel_bytes = (size_t)window->in_channels * element_bytes;
  const size_t in_row_bytes = window->in_width * pixel_bytes;
  const size_t out_row_bytes = window->out_width * pixel_bytes;
  uint8_t *y = x;
  for (uint32_t image = 0; image < window->batch; ++image) {
    uint32_t loaded = 0;
    for (uint32_t row = 0; row < window->out_height; ++row, y += out_row_bytes) {
      uk_load_ring(c, x, row, element_bytes, &loaded);
      compute(c, parameters, row, y, scratch);
    }
    x += window->in_height * in_row_bytes;
  }
}

#endif
