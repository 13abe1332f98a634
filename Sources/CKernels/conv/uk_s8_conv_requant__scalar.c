// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_tile_scalar.h"

/// Adds one tap to a panel of sums. Weights: [⌈channels/4⌉][16][4].
static void add_tap(const int8_t *x, const int8_t *w, int32_t zero_point, uint32_t channels,
                    uint32_t *sum) {
  for (size_t k = 0; k < channels; ++k) {
    const int8_t *group = w + k / 4 * 4 * UK_PANEL + k % 4;
    for (int lane = 0; lane < UK_PANEL; ++lane) {
      sum[lane] += (uint32_t)(x[k] * (group[4 * lane] - zero_point));
    }
  }
}

/// Convolution in int8 of output rows `begin ..< end`; int32 sums; see `uk_window`.
///
/// Weights: [panel][tap][⌈in_channels/4⌉][16][4]. Taps outside the image read `pad`.
void uk_s8_conv_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                void *scratch) {
  (void)scratch;
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t tap_bytes = ((size_t)window->in_channels + 3) / 4 * 4 * UK_PANEL;
  const size_t columns = window->out_channels;
  const int8_t *weights = (const int8_t *)operands[1].data;
  for (uint32_t row = begin; row < end; ++row) {
    int8_t *y = (int8_t *)uk_row(&operands[5], row);
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
            add_tap(x, w, p->weights_zero_point, window->in_channels, sum);
          }
        }
        for (size_t lane = 0; lane < UK_PANEL && column + lane < columns; ++lane) {
          y[column + lane] = uk_tile_requantize(sum[lane], scale[lane], &p->output);
        }
      }
    }
  }
}
