// SPDX-License-Identifier: Apache-2.0
// The scalar int8 convolution.
#include "../support/uk_tile_scalar.h"

/// Adds one tap to a panel of sums. Weights: [⌈channels/4⌉][16][4].
UK_INLINE void uk_s8_conv_add_tap(const int8_t *x, const int8_t *w, int32_t zero_point,
                                  uint32_t channels, uint32_t *sum) {
  for (size_t k = 0; k < channels; ++k) {
    const int8_t *group = w + k / 4 * 4 * UK_PANEL + k % 4;
    for (int lane = 0; lane < UK_PANEL; ++lane) {
      sum[lane] += (uint32_t)(x[k] * (group[4 * lane] - zero_point));
    }
  }
}

UK_INLINE void uk_s8_conv_scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_s8_residual *add = (const uk_s8_residual *)(p + 1);
  const uk_rows *operands = arguments->operands;
  const size_t tap_bytes = ((size_t)window->in_channels + 3) / 4 * 4 * UK_PANEL;
  const size_t columns = window->out_channels;
  const int8_t *weights = (const int8_t *)operands[1].data;
  for (uint32_t row = begin; row < end; ++row) {
    const int8_t *residual = (const int8_t *)uk_row(&operands[5], row);
    int8_t *y = (int8_t *)uk_row(&operands[5 + UK_RESIDUAL], row);
    for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += columns) {
      const int8_t *w = weights;
      for (size_t column = 0; column < columns; column += UK_PANEL) {
        const int32_t *bias = (const int32_t *)operands[2].data + column;
        const float *scale = (const float *)operands[3].data + column;
        uint32_t sum[UK_PANEL];
        for (int lane = 0; lane < UK_PANEL; ++lane) sum[lane] = (uint32_t)bias[lane];
        for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
          const uint8_t *x_row = uk_window_row(window, &operands[0], row, ky);
          for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += tap_bytes) {
            const int8_t *x =
                uk_window_tap(window, x_row, window->in_channels, pixel, kx, operands[4].data);
            uk_s8_conv_add_tap(x, w, p->weights_zero_point, window->in_channels, sum);
          }
        }
        for (size_t lane = 0; lane < UK_PANEL && column + lane < columns; ++lane) {
          int8_t result = uk_tile_requantize(sum[lane], scale[lane], &p->output);
          if (UK_RESIDUAL) {
            result = uk_tile_add_s8(result, p->output.zero_point, residual[column + lane], add);
          }
          y[column + lane] = result;
        }
      }
      residual += columns;
    }
  }
}
