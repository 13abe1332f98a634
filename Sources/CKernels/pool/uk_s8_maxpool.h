// SPDX-License-Identifier: Apache-2.0
// Maximum pooling over NHWC in int8 or int16, clamped to [min, max]; a window wholly outside the
// image gives min. Rows are output rows; y does not overlap x.

#include "../support/uk_rows.h"
#include "uk_pool_window.h"

#if defined(UK_VECTOR_BYTES)
typedef UK_INTEGER uk_integers __attribute__((vector_size(UK_VECTOR_BYTES)));
typedef UK_INTEGER uk_sixteen __attribute__((vector_size(16)));  // bytes

/// `vectors` of channels, from the pixel's channel `c` on.
#define UK_DEFINE_POOL_VECTORS(name, vector)                                                    \
  UK_INLINE void name(const uk_pool_window *window, const uk_s8_pool_parameters *p,             \
                      UK_INTEGER *y, size_t c, const size_t vectors) {                          \
    const UK_INTEGER min = (UK_INTEGER)p->output.min, max = (UK_INTEGER)p->output.max;          \
    vector greatest[UK_POOL_VECTORS], x;                                                        \
    for (size_t v = 0; v < vectors; ++v) greatest[v] = (vector){0} + min;                       \
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {               \
      for (size_t v = 0; v < vectors; ++v) {                                                    \
        memcpy(&x, t.pixel + c * sizeof *y + v * sizeof x, sizeof x);                           \
        greatest[v] = __builtin_elementwise_max(greatest[v], x);                                \
      }                                                                                         \
    }                                                                                           \
    for (size_t v = 0; v < vectors; ++v) {                                                      \
      x = __builtin_elementwise_min(greatest[v], (vector){0} + max);                            \
      memcpy(y + c + v * (sizeof x / sizeof *y), &x, sizeof x);                                 \
    }                                                                                           \
  }
UK_DEFINE_POOL_VECTORS(uk_pool_vectors, uk_integers)
UK_DEFINE_POOL_VECTORS(uk_pool_sixteens, uk_sixteen)
#endif

/// All channels of one output pixel.
UK_INLINE void uk_pool_pixel(const uk_pool_window *window, const uk_s8_pool_parameters *p,
                             UK_INTEGER *y) {
  const size_t channels = p->window.out_channels;
  const UK_INTEGER min = (UK_INTEGER)p->output.min, max = (UK_INTEGER)p->output.max;
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  UK_EACH_POOL_VECTOR(c, channels, UK_VECTOR_BYTES / sizeof *y, uk_pool_vectors, window, p, y)
  UK_EACH_POOL_VECTOR(c, channels, 16 / sizeof *y, uk_pool_sixteens, window, p, y)
#endif
  for (; c < channels; ++c) {
    UK_INTEGER greatest = min;
    for (uk_tap t = uk_first_tap(window); t.rows_left; uk_next_tap(&t, window)) {
      const UK_INTEGER x = ((const UK_INTEGER *)t.pixel)[c];
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
    uk_pool_window window = uk_pool_row(w, &arguments->operands[0], row, sizeof(UK_INTEGER));
    UK_INTEGER *y = (UK_INTEGER *)uk_row(&arguments->operands[1], row);
    for (uint32_t column = 0; column < w->out_width; ++column, y += w->out_channels) {
      uk_pool_column(&window, w, column);
      uk_pool_pixel(&window, p, y);
    }
  }
}
