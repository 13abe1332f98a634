// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_tile_scalar.h"

/// Adds the input of one run and channel to a panel of sums, times a row of its group.
UK_INLINE void uk_s8_add_weighted(int32_t x, const int8_t *w, int32_t zero_point, uint32_t *sum) {
  for (int lane = 0; lane < UK_PANEL; ++lane) {
    sum[lane] += (uint32_t)(x * (w[4 * lane] - zero_point));
  }
}

/// Adds the products of one output pixel to a panel of sums.
UK_INLINE void uk_s8_add_runs(const uk_arguments *arguments, uint32_t row, uint32_t pixel,
                              const int8_t *w, uint32_t *sum) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t channels = window->in_channels;
  const size_t run_bytes = uk_round_up(uk_run_elements(window), 4) * UK_PANEL;
  for (uint32_t ky = 0; ky < window->kernel_height; ++ky, w += run_bytes) {
    const uint8_t *x_row = uk_window_row(window, &operands[0], row, ky);
    size_t at = 0;
    for (uint32_t kx = 0; kx < window->kernel_width; ++kx) {
      const int8_t *x = uk_window_tap(window, x_row, channels, pixel, kx, operands[4].data);
      for (size_t k = 0; k < channels; ++k, ++at) {
        const int8_t *group = w + at / 4 * 4 * UK_PANEL + at % 4;
        uk_s8_add_weighted(x[k], group, p->weights_zero_point, sum);
      }
    }
  }
}

/// Convolution in int8 of output rows `begin ..< end`; int32 sums; see `uk_window`, without
/// dilation.
///
/// Weights: [panel][kernel row][⌈kernel_width · in_channels/4⌉][16][4], filled up with their zero
/// point. Taps outside the image read `pad`.
void uk_s8_conv_runs_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                     void *scratch) {
  (void)scratch;
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t columns = window->out_channels;
  const size_t panel_bytes =
      window->kernel_height * uk_round_up(uk_run_elements(window), 4) * UK_PANEL;
  for (uint32_t row = begin; row < end; ++row) {
    int8_t *y = (int8_t *)uk_row(&operands[5], row);
    for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += columns) {
      const int8_t *w = (const int8_t *)operands[1].data;
      for (size_t column = 0; column < columns; column += UK_PANEL, w += panel_bytes) {
        const int32_t *bias = (const int32_t *)operands[2].data + column;
        const float *scale = (const float *)operands[3].data + column;
        uint32_t sum[UK_PANEL];
        for (int lane = 0; lane < UK_PANEL; ++lane) sum[lane] = (uint32_t)bias[lane];
        uk_s8_add_runs(arguments, row, pixel, w, sum);
        for (size_t lane = 0; lane < UK_PANEL && column + lane < columns; ++lane) {
          y[column + lane] = uk_tile_requantize(sum[lane], scale[lane], &p->output);
        }
      }
    }
  }
}
