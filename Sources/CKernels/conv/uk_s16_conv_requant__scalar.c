// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_tile_scalar.h"

/// Convolution of int16 by int8 of output rows `begin ..< end`; int64 sums; see `uk_window`.
///
/// Weights: [panel][tap][⌈in_channels/4⌉][16][4]. Taps outside the image read `pad`.
void uk_s16_conv_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                 void *scratch) {
  (void)scratch;
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t tap_bytes = ((size_t)window->in_channels + 3) / 4 * 4 * UK_PANEL;
  const size_t columns = window->out_channels;
  const size_t pixel_bytes = window->in_channels * sizeof(int16_t);
  for (uint32_t row = begin; row < end; ++row) {
    int16_t *y = (int16_t *)uk_row(&operands[5], row);
    for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += columns) {
      const int8_t *w = (const int8_t *)operands[1].data;
      for (size_t column = 0; column < columns; column += UK_PANEL) {
        const float *scale = (const float *)operands[3].data + column;
        uint64_t sum[UK_PANEL];
        memcpy(sum, (const int64_t *)operands[2].data + column, sizeof sum);
        for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
          const uint8_t *x_row = uk_window_row(window, &operands[0], row, ky);
          for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += tap_bytes) {
            const int16_t *x =
                uk_window_tap(window, x_row, pixel_bytes, pixel, kx, operands[4].data);
            uk_tile_add_s16(x, w, window->in_channels, sum);
          }
        }
        for (size_t lane = 0; lane < UK_PANEL && column + lane < columns; ++lane) {
          y[column + lane] = uk_tile_requantize_s16(sum[lane], scale[lane], &p->output);
        }
      }
    }
  }
}
