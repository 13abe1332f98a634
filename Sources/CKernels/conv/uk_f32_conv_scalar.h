// SPDX-License-Identifier: Apache-2.0
// The scalar float32 convolution. The including file defines UK_TARGET and UK_MULTIPLY_ADD.
#include "../support/uk_tile_scalar.h"

/// Adds one tap to a panel of sums. Weights: [channels][16].
UK_INLINE UK_TARGET void uk_f32_conv_add_tap(const float *x, const float *w, uint32_t channels,
                                             float *sum) {
  for (uint32_t k = 0; k < channels; ++k, w += UK_PANEL) {
    for (int lane = 0; lane < UK_PANEL; ++lane) {
      sum[lane] = UK_MULTIPLY_ADD(x[k], w[lane], sum[lane]);
    }
  }
}

UK_INLINE UK_TARGET void uk_f32_conv_scalar(const uk_arguments *arguments, uint32_t begin,
                                            uint32_t end) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_f32_residual *add = (const uk_f32_residual *)(p + 1);
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t channels = window->in_channels, columns = window->out_channels;
  for (uint32_t row = begin; row < end; ++row) {
    const float *residual = (const float *)uk_row(&operands[4], row);
    float *y = (float *)uk_row(&operands[4 + UK_RESIDUAL], row);
    for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += columns) {
      const float *w = (const float *)operands[1].data;
      for (size_t column = 0; column < columns; column += UK_PANEL) {
        const float *bias = (const float *)operands[2].data + column;
        float sum[UK_PANEL];
        for (int lane = 0; lane < UK_PANEL; ++lane) sum[lane] = bias[lane];
        for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
          const uint8_t *x_row = uk_window_row(window, &operands[0], row, ky);
          for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += channels * UK_PANEL) {
            const float *x = uk_window_tap(window, x_row, channels * sizeof(float), pixel, kx,
                                           operands[3].data);
            uk_f32_conv_add_tap(x, w, window->in_channels, sum);
          }
        }
        for (size_t lane = 0; lane < UK_PANEL && column + lane < columns; ++lane) {
          float result = uk_tile_clamp(sum[lane], p->min, p->max);
          if (UK_RESIDUAL) result = uk_tile_add_f32(result, residual[column + lane], add);
          y[column + lane] = result;
        }
      }
      residual += columns;
    }
  }
}
