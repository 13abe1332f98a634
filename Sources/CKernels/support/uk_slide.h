// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_SLIDE_H
#define THIMBLE_UK_SLIDE_H

// A depthwise window of 3×3 or 5×5 that slides along rows over spans of channels, each a vector
// wide.
//
// Neighbouring windows share columns of the input, and windows one below the other rows of it: a
// column is loaded once for all of them.

#include "uk_window_channels.h"

/// The way of a window along an output row, or of two windows along this row and the next.
typedef struct uk_slide {
  const uint8_t *x[5];  // input rows at their next pixel, as many as the window and `rows` cover
  size_t x_step[5];     // to the pixel after; 0 outside the image, where all of x is padding
  const uint8_t *pad;
  int64_t column;       // of the next pixel; outside 0 ..< width is padding
  uint32_t width;
  uint32_t out_width, stride;
  uint32_t rows;        // of output, 1 or 2
  uint8_t *y[2];
  size_t y_step;
} uk_slide;

/// Whether windows slide by whole columns.
UK_INLINE int uk_can_slide(const uk_window *w, uint32_t extent) {
  return w->kernel_height == extent && w->kernel_width == extent &&
         w->stride_width <= (w->dilation_width == 1 ? 2 : 1);
}

/// Whether a window of 3×3 and the one below it cover columns of 4 rows.
UK_INLINE int uk_windows_overlap(const uk_window *w) {
  return w->kernel_height == 3 && w->stride_width == 1 && w->stride_height == 1 &&
         w->dilation_height == 1;
}

/// Output row `row` and, where their windows overlap and it comes before `end`, the one below.
UK_INLINE uk_slide uk_make_slide(const uk_channels *c, const uk_rows *y, uint32_t row,
                                 uint32_t end, uint32_t element_bytes) {
  const uk_window *w = c->window;
  uk_slide s = {
      .x = {c->pad, c->pad, c->pad, c->pad, c->pad},
      .pad = c->pad,
      .column = -(int64_t)w->pad_left,
      .width = w->in_width,
      .out_width = w->out_width,
      .stride = w->stride_width,
      .rows = 1,
      .y = {uk_row(y, row), uk_row(y, row)},
      .y_step = c->y_pixel * element_bytes,
  };
  if (uk_windows_overlap(w) && row + 1 < end && row % w->out_height + 1 < w->out_height) {
    s.rows = 2;
    s.y[1] = uk_row(y, row + 1);
  }
  for (uint32_t ky = 0; ky < w->kernel_height - 1 + s.rows; ++ky) {
    const uint8_t *x = uk_window_row(w, &c->x, row, ky);
    s.x[ky] = x == NULL ? s.pad : x;
    s.x_step[ky] = x == NULL ? 0 : c->x_pixel_bytes;
  }
  return s;
}

/// Windows share columns with those a dilation apart: so many ways there are along a row.
UK_INLINE uint32_t uk_phases(const uk_window *w) {
  return w->dilation_width < w->out_width ? w->dilation_width : w->out_width;
}

/// The way of output pixel `phase` and those a multiple of the dilation after it; made at `room`
/// unless it is the whole way.
UK_INLINE const uk_slide *uk_slide_phase(const uk_slide *slide, const uk_window *w, uint32_t phase,
                                         uk_slide *room) {
  if (w->dilation_width == 1) return slide;
  const int64_t apart = w->dilation_width, start = slide->column + phase;
  const int64_t first = (start % apart + apart) % apart;
  uk_slide s = *slide;
  s.column = (start - first) / apart;
  s.width = first < s.width ? (uint32_t)((s.width - 1 - first) / apart) + 1 : 0;
  s.out_width = (uint32_t)((s.out_width - 1 - phase) / apart) + 1;
  for (int i = 0; i < 5; ++i) {
    if (s.width != 0) s.x[i] += (size_t)first * s.x_step[i];
    s.x_step[i] *= (size_t)apart;
  }
  for (int i = 0; i < 2; ++i) s.y[i] += phase * s.y_step;
  s.y_step *= (size_t)apart;
  *room = s;
  return room;
}

/// The same way for the channels from byte `first` of each pixel on.
UK_INLINE uk_slide uk_slide_from(const uk_slide *slide, size_t first) {
  uk_slide s = *slide;
  for (int i = 0; i < 5; ++i) s.x[i] += first;
  for (int i = 0; i < 2; ++i) s.y[i] += first;
  s.pad += first;
  return s;
}

/// Channels `first ..< first + width`; `done` is the width of all spans before.
typedef struct uk_span {
  size_t first, width, done;
} uk_span;

/// The span after `last`, of a width of 0 when there is none.
///
/// Widths are powers of two from `narrowest`, at most `count`, to `widest`, and together no more
/// than `count` rounded up to `narrowest`. The last span may repeat channels of the one before it.
UK_INLINE uk_span uk_next_span(size_t count, uk_span last, size_t narrowest, size_t widest) {
  const size_t done = last.done + last.width;
  if (done >= count) return (uk_span){.done = done};
  const size_t rest = uk_round_up(count - done, narrowest);
  size_t width = widest;
  while (width > rest || width > count) width /= 2;
  return (uk_span){done + width <= count ? done : count - width, width, done};
}

#define UK_EACH_SPAN(span, count, narrowest, widest)                               \
  for (uk_span span = uk_next_span(count, (uk_span){0}, narrowest, widest); span.width != 0; \
       span = uk_next_span(count, span, narrowest, widest))

#endif
