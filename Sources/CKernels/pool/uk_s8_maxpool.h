// SPDX-License-Identifier: Apache-2.0
// Maximum pooling over NHWC in int8, clamped to [min, max]; a window wholly outside the image gives
// min. Rows are output rows; y does not overlap x.

#include "../support/uk_rows.h"
#include "uk_pool_window.h"

/// All channels of one output pixel.
UK_INLINE void uk_pool_pixel(const uk_pool_window *window, const uk_s8_pool_parameters *p,
                             int8_t *y) {
  const size_t channels = p->window.out_channels;
  const int8_t min = (int8_t)p->output.min, max = (int8_t)p->output.max;
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_VECTOR_BYTES <= channels; c += UK_VECTOR_BYTES) {
    uk_vq greatest = (uk_vq){0} + min;
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
      greatest = __builtin_elementwise_max(greatest, uk_load_bytes((const int8_t *)t.pixel + c));
    }
    uk_store_bytes(y + c, __builtin_elementwise_min(greatest, (uk_vq){0} + max));
  }
#endif
  for (; c < channels; ++c) {
    int8_t greatest = min;
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
      const int8_t x = ((const int8_t *)t.pixel)[c];
      greatest = x > greatest ? x : greatest;
    }
    y[c] = greatest < max ? greatest : max;
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_s8_pool_parameters *p = arguments->parameters;
  const uk_window *w = &p->window;
  for (uint32_t row = begin; row < end; ++row) {
    uk_pool_window window = uk_pool_row(w, &arguments->operands[0], row, sizeof(int8_t));
    int8_t *y = (int8_t *)uk_row(&arguments->operands[1], row);
    for (uint32_t column = 0; column < w->out_width; ++column, y += w->out_channels) {
      uk_pool_column(&window, w, column);
      uk_pool_pixel(&window, p, y);
    }
  }
}
