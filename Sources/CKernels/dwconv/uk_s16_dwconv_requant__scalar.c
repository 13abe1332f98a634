// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_tile_scalar.h"

/// Depthwise convolution of int16 by int8 of output rows `begin ..< end`; int64 sums.
///
/// Weights: [tap][channels padded to 16]. Taps outside the image read `pad`.
void uk_s16_dwconv_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                   void *scratch) {
  (void)scratch;
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t channels = window->in_channels, pitch = uk_round_up(channels, UK_CHANNEL_BLOCK);
  const int64_t *bias = (const int64_t *)operands[2].data;
  const float *scale = (const float *)operands[3].data;
  for (uint32_t row = begin; row < end; ++row) {
    int16_t *y = (int16_t *)uk_row(&operands[5], row);
    for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += channels) {
      for (size_t c = 0; c < channels; ++c) {
        const int8_t *w = (const int8_t *)operands[1].data + c;
        uint64_t sum = (uint64_t)bias[c];
        for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
          const uint8_t *x_row = uk_window_row(window, &operands[0], row, ky);
          for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += pitch) {
            const int16_t *x =
                uk_window_tap(window, x_row, 2 * channels, pixel, kx, operands[4].data);
            sum += (uint64_t)(int64_t)(x[c] * *w);
          }
        }
        y[c] = uk_tile_requantize_s16(sum, scale[c], &p->output);
      }
    }
  }
}
