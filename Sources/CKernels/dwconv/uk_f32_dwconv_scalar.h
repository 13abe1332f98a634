// SPDX-License-Identifier: Apache-2.0
// The scalar float32 depthwise convolutions. The including file defines UK_TARGET and
// UK_MULTIPLY_ADD.
#include "../support/uk_tile_scalar.h"
#include "../support/uk_window_channels.h"

/// Adds one tap to the sums of `count` channels.
UK_INLINE UK_TARGET void uk_f32_dwconv_add_tap(const float *x, const float *w, size_t count,
                                               float *sum) {
  for (size_t lane = 0; lane < count; ++lane) {
    sum[lane] = UK_MULTIPLY_ADD(x[lane], w[lane], sum[lane]);
  }
}

/// A `uk_channels_row`.
UK_TARGET static void uk_f32_dwconv_row_scalar(const uk_channels *c, const void *parameters,
                                               uint32_t row, void *row_of_y, void *scratch) {
  (void)scratch;
  const uk_f32_window_parameters *p = parameters;
  const uk_window *window = &p->window;
  float *y = row_of_y;
  for (uint32_t pixel = 0; pixel < window->out_width; ++pixel, y += c->y_pixel) {
    for (size_t first = 0; first < c->count; first += UK_CHANNEL_BLOCK) {
      const size_t rest = c->count - first;
      const size_t count = rest < UK_CHANNEL_BLOCK ? rest : UK_CHANNEL_BLOCK;
      const float *bias = (const float *)c->bias + first;
      const float *w = (const float *)c->weights + first;
      float sum[UK_CHANNEL_BLOCK];
      for (size_t lane = 0; lane < count; ++lane) sum[lane] = bias[lane];
      for (uint32_t ky = 0; ky < window->kernel_height; ++ky) {
        const uint8_t *x_row = uk_window_row(window, &c->x, row, ky);
        for (uint32_t kx = 0; kx < window->kernel_width; ++kx, w += c->tap_pitch) {
          const float *x = uk_window_tap(window, x_row, c->x_pixel_bytes, pixel, kx, c->pad);
          uk_f32_dwconv_add_tap(x + first, w, count, sum);
        }
      }
      for (size_t lane = 0; lane < count; ++lane) {
        y[first + lane] = uk_tile_clamp(sum[lane], p->min, p->max);
      }
    }
  }
}

UK_INLINE UK_TARGET void uk_f32_dwconv_scalar(const uk_arguments *arguments, uint32_t begin,
                                              uint32_t end) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  float pad[UK_CHANNEL_BLOCK];
  const uk_channels c = uk_all_channels(&p->window, operands, sizeof(float), pad);
  for (uint32_t row = begin; row < end; ++row) {
    uk_f32_dwconv_row_scalar(&c, p, row, uk_row(&operands[4], row), NULL);
  }
}

UK_INLINE UK_TARGET void uk_f32_dwconv_inplace_scalar(const uk_arguments *arguments, uint32_t begin,
                                                      uint32_t end, void *scratch) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t count = uk_channels_of_blocks(&p->window, begin, end);
  for (size_t done = 0; done < count; done += UK_CHANNEL_BLOCK) {
    const size_t first = (size_t)begin * UK_CHANNEL_BLOCK + done;
    float pad[UK_CHANNEL_BLOCK];
    const uk_channels c = uk_channel_block(&p->window, operands, sizeof(float), first,
                                           count - done, scratch, pad);
    float *x = (float *)operands[0].data + first;
    uk_each_inplace_row(&c, (uint8_t *)x, sizeof(float), p, uk_f32_dwconv_row_scalar, NULL);
  }
}
