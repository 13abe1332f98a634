// SPDX-License-Identifier: Apache-2.0
// One output row of a scalar int8 depthwise convolution.
#include "../support/uk_tile_scalar.h"
#include "../support/uk_window_channels.h"

/// Adds one tap to the sums of `count` channels.
UK_INLINE void uk_s8_dwconv_add_tap(const int8_t *x, const int8_t *w, int32_t zero_point,
                                    size_t count, uint32_t *sum) {
  for (size_t lane = 0; lane < count; ++lane) {
    sum[lane] += (uint32_t)(x[lane] * (w[lane] - zero_point));
  }
}

/// A `uk_channels_row`.
static void uk_s8_dwconv_row_scalar(const uk_channels *c, const void *parameters, uint32_t row,
                                    void *row_of_y, void *scratch) {
  (void)scratch;
  const uk_s8_window_parameters *p = parameters;
  const uk_window *window = &p->window;
  int8_t *y = row_of_y;
  for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += c->y_pixel) {
    for (size_t first = 0; first < c->count; first += UK_CHANNEL_BLOCK) {
      const size_t rest = c->count - first;
      const size_t count = rest < UK_CHANNEL_BLOCK ? rest : UK_CHANNEL_BLOCK;
      const int32_t *bias = (const int32_t *)c->bias + first;
      const float *scale = (const float *)c->scale + first;
      const int8_t *w = (const int8_t *)c->weights + first;
      uint32_t sum[UK_CHANNEL_BLOCK];
      for (size_t lane = 0; lane < count; ++lane) sum[lane] = (uint32_t)bias[lane];
      for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
        const uint8_t *x_row = uk_window_row(window, &c->x, row, ky);
        for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += c->tap_pitch) {
          const int8_t *x = uk_window_tap(window, x_row, c->x_pixel_bytes, pixel, kx, c->pad);
          uk_s8_dwconv_add_tap(x + first, w, p->weights_zero_point, count, sum);
        }
      }
      for (size_t lane = 0; lane < count; ++lane) {
        y[first + lane] = uk_tile_requantize(sum[lane], scale[lane], &p->output);
      }
    }
  }
}
