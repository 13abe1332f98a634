// SPDX-License-Identifier: Apache-2.0
// The float32 convolution as a matrix product whose rows are output pixels, given by a pointer a
// tap, in the tiles of an instruction set. The including file defines UK_RESIDUAL where its
// contract adds one.
//
// Where `uk_f32_conv_joins_taps`, the pixels under a kernel row count as one tap. They are
// neighbours in the image; at its edges they and the padding are copied together.
#include <string.h>

#include "../support/uk_f32_product.h"
#include "../support/uk_window.h"

/// The pixels of a run whose input, `width` neighbours from kernel column `kx` on, is in the image.
typedef struct uk_inner_run {
  size_t first, end;
  int64_t x;  // input column of the run's first pixel
} uk_inner_run;

UK_INLINE uk_inner_run uk_f32_conv_inner(const uk_window *window, const uint8_t *x_row, uk_run run,
                                         uint32_t kx, uint32_t width) {
  const int64_t step = window->stride_width, last = (int64_t)window->in_width - width;
  const int64_t offset = (int64_t)kx * window->dilation_width - window->pad_left;
  uk_inner_run inner = {.first = run.count, .end = run.count, .x = run.column * step + offset};
  if (x_row == NULL || last < inner.x) return inner;
  const size_t first = inner.x < 0 ? (size_t)((step - 1 - inner.x) / step) : 0;
  if (last < inner.x + (int64_t)first * step) return inner;
  const size_t end = (size_t)((last - inner.x) / step) + 1;
  if (first < run.count) inner.first = first;
  if (end < run.count) inner.end = end;
  return inner;
}

/// Points to the inputs of the inner pixels.
UK_INLINE void uk_f32_conv_point(const uk_window *window, const uint8_t *x_row, uk_inner_run inner,
                                 const float **tap) {
  if (inner.first == inner.end) return;
  const int64_t x = inner.x + (int64_t)inner.first * window->stride_width;
  const float *pixel = (const float *)x_row + (size_t)x * window->in_channels;
  const size_t step = (size_t)window->stride_width * window->in_channels;
  const size_t count = inner.end - inner.first;
  for (size_t i = 0; i < count; ++i) tap[inner.first + i] = pixel + i * step;
}

/// Points to the input of one tap, kernel column `kx`, for the pixels of a run.
UK_INLINE void uk_f32_conv_tap(const uk_window *window, const uint8_t *x_row, uk_run run,
                               uint32_t kx, const float *pad, const float **tap) {
  const uk_inner_run inner = uk_f32_conv_inner(window, x_row, run, kx, 1);
  for (size_t i = 0; i < inner.first; ++i) tap[i] = pad;
  uk_f32_conv_point(window, x_row, inner, tap);
  for (size_t i = inner.end; i < run.count; ++i) tap[i] = pad;
}

/// Points to the inputs under a kernel row for the pixels of a run, or to copies of them; that of
/// the first pixel is at `copy`.
UK_INLINE void uk_f32_conv_join(const uk_window *window, const uint8_t *x_row, uk_run run,
                                const float *pad, const float **tap, float *copy) {
  const size_t channels = window->in_channels, pixel_bytes = channels * sizeof(float);
  const size_t copy_pitch = uk_window_taps(window) * channels;
  const uk_inner_run inner = uk_f32_conv_inner(window, x_row, run, 0, window->kernel_width);
  uk_f32_conv_point(window, x_row, inner, tap);
  for (uint32_t i = 0; i < run.count; ++i) {
    if (i == inner.first && inner.first < inner.end) i = (uint32_t)inner.end;
    if (i == run.count) return;
    tap[i] = copy + i * copy_pitch;
    for (uint32_t kx = 0; kx < window->kernel_width; ++kx) {
      memcpy(copy + i * copy_pitch + kx * channels,
             uk_window_tap(window, x_row, pixel_bytes, run.column + i, kx, pad), pixel_bytes);
    }
  }
}

/// Points to the inputs of `count` output pixels from `first` on: `taps[tap][count]`.
UK_INLINE void uk_f32_conv_gather(const uk_window *window, const uk_rows *operands, uint64_t first,
                                  size_t count, int joins, const float **taps) {
  const float *pad = (const float *)operands[3].data;
  const size_t row_taps = joins ? 1 : window->kernel_width;
  const size_t row_elements = (size_t)window->kernel_width * window->in_channels;
  float *copies = (float *)(taps + window->kernel_height * row_taps * count);
  uk_run run;
  for (size_t i = 0; i < count; i += run.count) {
    run = uk_window_run(window, first + i, first + count);
    for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
      const uint8_t *x_row = uk_window_row(window, &operands[0], run.row, ky);
      const float **tap = taps + ky * row_taps * count + i;
      if (joins) {
        float *copy = copies + (i * window->kernel_height + ky) * row_elements;
        uk_f32_conv_join(window, x_row, run, pad, tap, copy);
        continue;
      }
      for (uint32_t kx = 0; kx < window->kernel_width; ++kx, tap += count) {
        uk_f32_conv_tap(window, x_row, run, kx, pad, tap);
      }
    }
  }
}

/// Points to `count` output pixels from `first` on in `operand`.
UK_INLINE void uk_f32_conv_place(const uk_window *window, const uk_rows *operand, uint64_t first,
                                 size_t count, float **pixels) {
  uk_run run;
  for (size_t i = 0; i < count; i += run.count) {
    run = uk_window_run(window, first + i, first + count);
    float *row = (float *)uk_row(operand, run.row) + run.column * window->out_channels;
    for (size_t j = 0; j < run.count; ++j) pixels[i + j] = row + j * window->out_channels;
  }
}

UK_INLINE void uk_f32_conv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                           void *scratch, uk_f32_block *block) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_f32_residual *add = (const uk_f32_residual *)(p + 1);
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const int joins = uk_f32_conv_joins_taps(window);
  const uk_f32_clamp clamp = {p->min, p->max};
  float *y[UK_BLOCK_ROWS], *residual[UK_BLOCK_ROWS];
  uk_f32_product product = {
      .x = scratch,
      .taps = joins ? window->kernel_height : uk_window_taps(window),
      .depth = (joins ? (size_t)window->kernel_width : 1) * window->in_channels,
      .weights = (const float *)operands[1].data,
      .bias = (const float *)operands[2].data,
      .y = y,
      .columns = window->out_channels,
      .clamp = &clamp,
  };
  uk_f32_clamp residual_clamp;
  if (UK_RESIDUAL) {
    residual_clamp = (uk_f32_clamp){add->min, add->max};
    product.residual = (const float *const *)residual;
    product.residual_clamp = &residual_clamp;
  }
  const size_t most = uk_block_rows(uk_f32_conv_row_bytes(window));
  const uint64_t last = (uint64_t)end * window->out_width;
  for (uint64_t first = (uint64_t)begin * window->out_width; first < last; first += product.pitch) {
    product.pitch = uk_f32_block_rows(last - first, most);
    uk_f32_conv_gather(window, operands, first, product.pitch, joins, scratch);
    uk_f32_conv_place(window, &operands[4 + UK_RESIDUAL], first, product.pitch, y);
    if (UK_RESIDUAL) uk_f32_conv_place(window, &operands[4], first, product.pitch, residual);
    block(&product, product.pitch);
  }
}
