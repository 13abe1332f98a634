// SPDX-License-Identifier: Apache-2.0
// The float32 pools over NHWC: each channel of an output pixel starts at UK_START, takes the taps
// inside the image as UK_TAP(accumulator, x), kernel row by kernel row, becomes UK_END(accumulator,
// divisor) and is clamped. Rows are output rows; y does not overlap x.

#include "../support/uk_rows.h"
#include "uk_pool_window.h"

#if defined(UK_VECTOR_BYTES)
/// `vectors` of channels, from the pixel's channel `c` on.
UK_INLINE void uk_pool_vectors(const uk_pool_window *window, float divisor,
                               const uk_f32_window_parameters *p, float *y, size_t c,
                               const size_t vectors) {
  (void)divisor;
  uk_vf sum[UK_POOL_VECTORS];
  for (size_t v = 0; v < vectors; ++v) sum[v] = uk_splat(UK_START);
  for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
    const float *x = (const float *)t.pixel + c;
    for (size_t v = 0; v < vectors; ++v) sum[v] = UK_TAP(sum[v], uk_load(x + v * UK_WIDTH));
  }
  for (size_t v = 0; v < vectors; ++v) {
    uk_store(y + c + v * UK_WIDTH, uk_clamp(UK_END(sum[v], divisor), p->min, p->max));
  }
}
#endif

/// All channels of one output pixel.
UK_INLINE void uk_pool_pixel(const uk_pool_window *window, float divisor,
                             const uk_f32_window_parameters *p, float *y) {
  (void)divisor;
  const size_t channels = p->window.out_channels;
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  UK_EACH_POOL_VECTOR(c, channels, UK_WIDTH, uk_pool_vectors, window, divisor, p, y)
#endif
  for (; c < channels; ++c) {
    float sum = UK_START;
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
      sum = UK_TAP(sum, ((const float *)t.pixel)[c]);
    }
    y[c] = uk_clamp(UK_END(sum, divisor), p->min, p->max);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_window *w = &p->window;
  for (uint32_t row = begin; row < end; ++row) {
    uk_pool_window window = uk_pool_row(w, &arguments->operands[0], row, sizeof(float));
    float *y = (float *)uk_row(&arguments->operands[1], row);
    for (uint32_t column = 0; column < w->out_width; ++column, y += w->out_channels) {
      uk_pool_column(&window, w, column);
      uk_pool_pixel(&window, (float)uk_pool_divisor(&window, w, p->counts_padding), p, y);
    }
  }
}
