// SPDX-License-Identifier: Apache-2.0
// Average pooling over NHWC in int8 or int16: the exact int32 sum of x − input zero point over the
// taps inside the image, requantised with multiplier / count. Rows are output rows; y does not
// overlap x.

#include "../support/uk_rows.h"
#include "uk_pool_window.h"

#if defined(UK_VECTOR_BYTES)
/// `vectors` of channels, from the pixel's channel `c` on. `offset` is what zero points add up to.
UK_INLINE void uk_pool_vectors(const uk_pool_window *window, float scale, int32_t offset,
                               const uk_s8_pool_parameters *p, UK_INTEGER *y, size_t c,
                               const size_t vectors) {
  uk_vi sum[UK_POOL_VECTORS];
  for (size_t v = 0; v < vectors; ++v) sum[v] = (uk_vi){0} - offset;
  for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
    const UK_INTEGER *x = (const UK_INTEGER *)t.pixel + c;
    for (size_t v = 0; v < vectors; ++v) sum[v] += uk_load_wide(x + v * UK_WIDTH);
  }
  for (size_t v = 0; v < vectors; ++v) {
    uk_store_requantized(y + c + v * UK_WIDTH, uk_to_float(sum[v]) * scale, &p->output);
  }
}
#endif

/// All channels of one output pixel.
UK_INLINE void uk_pool_pixel(const uk_pool_window *window, float scale,
                             const uk_s8_pool_parameters *p, UK_INTEGER *y) {
  const size_t channels = p->window.out_channels;
  const int32_t zero_point = p->input_zero_point;
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  const uint32_t taps = window->rows.count * window->columns.count;
  const int32_t offset = (int32_t)(taps * (uint32_t)zero_point);
  UK_EACH_POOL_VECTOR(c, channels, UK_WIDTH, uk_pool_vectors, window, scale, offset, p, y)
#endif
  for (; c < channels; ++c) {
    int32_t sum = 0;
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
      sum += ((const UK_INTEGER *)t.pixel)[c] - zero_point;
    }
    uk_store_requantized(y + c, (float)sum * scale, &p->output);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_s8_pool_parameters *p = arguments->parameters;
  const uk_window *w = &p->window;
  for (uint32_t row = begin; row < end; ++row) {
    uk_pool_window window = uk_pool_row(w, &arguments->operands[0], row, sizeof(UK_INTEGER));
    UK_INTEGER *y = (UK_INTEGER *)uk_row(&arguments->operands[1], row);
    for (uint32_t column = 0; column < w->out_width; ++column, y += w->out_channels) {
      uk_pool_column(&window, w, column);
      const float divisor = (float)uk_pool_divisor(&window, w, p->counts_padding);
      uk_pool_pixel(&window, p->multiplier / divisor, p, y);
    }
  }
}
