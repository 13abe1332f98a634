// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_POOL_WINDOW_H
#define THIMBLE_UK_POOL_WINDOW_H

#include "CKernels.h"

// Which input pixels an output pixel of a pool sees: the taps of its window that fall inside the
// image, kernel row by kernel row.

/// The taps along one axis: `count` input indices from `first` on, a dilation apart.
typedef struct uk_taps {
  size_t first;
  uint32_t count;
} uk_taps;

/// The taps inside `0 ..< extent` of a window that starts at `start`, which may be negative.
static inline uk_taps uk_inner_taps(int64_t start, uint32_t kernel, uint32_t dilation,
                                    uint32_t extent) {
  uint32_t first = 0, stop = kernel;
  while (first < stop && start + (int64_t)first * dilation < 0) ++first;
  while (first < stop && start + (int64_t)(stop - 1) * dilation >= extent) --stop;
  return (uk_taps){(size_t)(start + (int64_t)first * dilation), stop - first};
}

/// The taps of one output pixel, and the way from one to the next in the input.
typedef struct uk_pool_window {
  uk_taps rows, columns;
  const uint8_t *data;
  size_t slot, slot_step, ring_rows;  // of the first tap's row in the ring; to the next tap's row
  size_t row_bytes, pixel_bytes, column_step_bytes;
} uk_pool_window;

/// The window of output row `row`, numbered over batch · out_height; its columns are not yet set.
static inline uk_pool_window uk_pool_row(const uk_window *w, const uk_rows *x, uint32_t row,
                                         size_t element_bytes) {
  const int64_t start = (int64_t)(row % w->out_height) * w->stride_height - w->pad_top;
  uk_pool_window window = {
      .rows = uk_inner_taps(start, w->kernel_height, w->dilation_height, w->in_height),
      .data = x->data,
      .slot_step = w->dilation_height % x->ring_rows,
      .ring_rows = x->ring_rows,
      .row_bytes = x->row_bytes,
      .pixel_bytes = w->in_channels * element_bytes,
      .column_step_bytes = (size_t)w->dilation_width * w->in_channels * element_bytes,
  };
  const size_t image = (size_t)(row / w->out_height) * w->in_height;
  window.slot = (image + window.rows.first) % x->ring_rows;
  return window;
}

/// Moves a window to output column `column` of its row.
static inline void uk_pool_column(uk_pool_window *window, const uk_window *w, uint32_t column) {
  const int64_t start = (int64_t)column * w->stride_width - w->pad_left;
  window->columns = uk_inner_taps(start, w->kernel_width, w->dilation_width, w->in_width);
}

/// What an average over the window divides by.
static inline uint32_t uk_pool_divisor(const uk_pool_window *window, const uk_window *w,
                                       uint32_t counts_padding) {
  return counts_padding ? w->kernel_height * w->kernel_width
                        : window->rows.count * window->columns.count;
}

/// One tap: loop with `for (t = uk_first_tap(w); t.rows_left; uk_next_tap(&t, w))`.
typedef struct uk_tap {
  const uint8_t *pixel;
  size_t slot;
  uint32_t rows_left, columns_left;  // this one included
} uk_tap;

static inline void uk_begin_tap_row(uk_tap *tap, const uk_pool_window *w) {
  tap->pixel = w->data + tap->slot * w->row_bytes + w->columns.first * w->pixel_bytes;
  tap->columns_left = w->columns.count;
}

static inline uk_tap uk_first_tap(const uk_pool_window *w) {
  uk_tap tap = {.slot = w->slot, .rows_left = w->columns.count ? w->rows.count : 0};
  if (tap.rows_left) uk_begin_tap_row(&tap, w);
  return tap;
}

static inline void uk_next_tap(uk_tap *tap, const uk_pool_window *w) {
  if (--tap->columns_left) {
    tap->pixel += w->column_step_bytes;
  } else if (--tap->rows_left) {
    tap->slot += w->slot_step;
    if (tap->slot >= w->ring_rows) tap->slot -= w->ring_rows;
    uk_begin_tap_row(tap, w);
  }
}

/// Vectors of channels that one walk over the taps serves.
#define UK_POOL_VECTORS 4

/// Calls `compute(…, c, vectors)` for all vectors of `width` channels, and leaves `c` past them.
/// The last vector repeats channels of the one before it where they do not come out even.
#define UK_EACH_POOL_VECTOR(c, channels, width, compute, ...)                               \
  for (; c + UK_POOL_VECTORS * (width) <= (channels); c += UK_POOL_VECTORS * (width)) {     \
    compute(__VA_ARGS__, c, UK_POOL_VECTORS);                                               \
  }                                                                                         \
  for (; c + (width) <= (channels); c += (width)) compute(__VA_ARGS__, c, 1);               \
  if (c < (channels) && (channels) >= (width)) {                                            \
    compute(__VA_ARGS__, (channels) - (width), 1);                                          \
    c = (channels);                                                                         \
  }

#endif
