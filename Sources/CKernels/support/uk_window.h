// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_WINDOW_H
#define THIMBLE_UK_WINDOW_H

// Where the taps of a sliding window are. The caller has verified that every coordinate, padding
// included, fits in 32 bits.

#include "uk_rows.h"

/// 1 in kernels that add a residual: their operand before y, of y's shape. Its parameters follow
/// those of the product.
#if !defined(UK_RESIDUAL)
#define UK_RESIDUAL 0
#endif

#define UK_INLINE static inline __attribute__((always_inline))

/// The input row under kernel row `ky` of output row `row`, or NULL outside the image.
UK_INLINE const uint8_t *uk_window_row(const uk_window *window, const uk_rows *x, uint32_t row,
                                       uint32_t ky) {
  uint32_t image = row / window->out_height;
  int64_t top = (int64_t)(row % window->out_height) * window->stride_height - window->pad_top;
  int64_t y = top + (int64_t)ky * window->dilation_height;
  if (y < 0 || y >= window->in_height) return NULL;
  return uk_row(x, image * window->in_height + (uint32_t)y);
}

/// The pixel under kernel column `kx` of output column `column`; `pad` outside the image.
///
/// `x_row` comes from `uk_window_row`; `pixel_bytes` is the distance between its pixels.
UK_INLINE const void *uk_window_tap(const uk_window *window, const uint8_t *x_row,
                                    size_t pixel_bytes, uint32_t column, uint32_t kx,
                                    const void *pad) {
  int64_t left = (int64_t)column * window->stride_width - window->pad_left;
  int64_t x = left + (int64_t)kx * window->dilation_width;
  if (x_row == NULL || x < 0 || x >= window->in_width) return pad;
  return x_row + (size_t)x * pixel_bytes;
}

/// Output pixels `column ..< column + count` of output row `row`.
typedef struct uk_run {
  uint32_t row, column, count;
} uk_run;

/// The pixels of one row from `pixel` on, counted over all rows, that come before `end`.
UK_INLINE uk_run uk_window_run(const uk_window *window, uint64_t pixel, uint64_t end) {
  uk_run run = {.row = (uint32_t)(pixel / window->out_width)};
  run.column = (uint32_t)(pixel - (uint64_t)run.row * window->out_width);
  run.count = window->out_width - run.column;
  if (run.count > end - pixel) run.count = (uint32_t)(end - pixel);
  return run;
}

#endif
