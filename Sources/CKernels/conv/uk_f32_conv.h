// SPDX-License-Identifier: Apache-2.0
// The float32 convolution on vectors: a matrix product whose rows are gathered by pointers, one per
// tap and output pixel. The including file defines UK_FUSED and the tile's ISA.
#include "../support/uk_tile_f32.h"

/// Points to the taps and outputs of `count` output pixels from `first` on.
UK_INLINE void uk_f32_conv_gather(const uk_window *window, const uk_rows *operands, uint64_t first,
                                  size_t count, const float **taps, float **y,
                                  const float **residual) {
  const size_t pixel_bytes = window->in_channels * sizeof(float);
  size_t i = 0;
  while (i < count) {
    const uk_run run = uk_window_run(window, first + i, first + count);
    float *y_row = (float *)uk_row(&operands[4 + UK_RESIDUAL], run.row);
    const float *residual_row = (const float *)uk_row(&operands[4], run.row);
    for (size_t j = 0; j < run.count; ++j) {
      y[i + j] = y_row + (run.column + j) * window->out_channels;
      if (UK_RESIDUAL) residual[i + j] = residual_row + (run.column + j) * window->out_channels;
    }
    const float **tap = taps + i;
    for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
      const uint8_t *x_row = uk_window_row(window, &operands[0], run.row, ky);
      for (uint32_t kx = 0; kx < window->kernel_width; ++kx, tap += count) {
        for (uint32_t j = 0; j < run.count; ++j) {
          tap[j] = uk_window_tap(window, x_row, pixel_bytes, run.column + j, kx, operands[3].data);
        }
      }
    }
    i += run.count;
  }
}

UK_INLINE UK_TARGET void uk_f32_conv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                     void *scratch) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t block = uk_block_rows(uk_f32_conv_row_bytes(window));
  const uint64_t last = (uint64_t)end * window->out_width;
  float *y[UK_BLOCK_ROWS];
  const float *residual[UK_BLOCK_ROWS];
  uk_f32_product product = {
      .x = scratch,
      .taps = uk_window_taps(window),
      .depth = window->in_channels,
      .weights = (const float *)operands[1].data,
      .bias = (const float *)operands[2].data,
      .min = p->min,
      .max = p->max,
      .y = y,
      .columns = window->out_channels,
      .residual = residual,
      .add = (const uk_f32_residual *)(p + 1),
  };
  for (uint64_t first = (uint64_t)begin * window->out_width; first < last; first += product.pitch) {
    product.pitch = last - first < block ? last - first : block;
    uk_f32_conv_gather(window, operands, first, product.pitch, scratch, y, residual);
    uk_f32_block(&product, product.pitch);
  }
}
