// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_SLIDE_INPLACE_H
#define THIMBLE_UK_SLIDE_INPLACE_H

// A depthwise window that slides over its own input, span of channels by span.

#include "uk_slide.h"

/// The way of a span of channels over all rows of all images, in place.
///
/// Output rows lie on input rows at or above those of their number. Rows that they are about to lie
/// on are saved to a ring while a later window needs them.
typedef struct uk_inplace {
  uk_slide slide;  // of the rows to compute next
  const uk_channels *c;
  size_t first, bytes;  // of a pixel's channels
  uint8_t *ring;
  size_t ring_rows, in_row_bytes, out_row_bytes;
  uint8_t *x, *y;       // of the image
  uint32_t image, row, saved;
  uint32_t most_rows;   // at a time, 1 or 2
} uk_inplace;

UK_INLINE uk_inplace uk_begin_inplace(const uk_channels *c, size_t channel, size_t channels,
                                      uint32_t element_bytes, uint32_t most_rows, void *ring) {
  const uk_window *w = c->window;
  return (uk_inplace){
      .c = c,
      .slide =
          {
              .x = {c->pad, c->pad, c->pad, c->pad, c->pad},
              .pad = c->pad,
              .width = w->in_width,
              .out_width = w->out_width,
              .stride = w->stride_width,
              .y_step = c->x_pixel_bytes,
          },
      .first = channel * element_bytes,
      .bytes = channels * element_bytes,
      .ring = ring,
      .ring_rows = uk_dwconv_inplace_ring_rows(w),
      .in_row_bytes = w->in_width * c->x_pixel_bytes,
      .out_row_bytes = w->out_width * c->x_pixel_bytes,
      .x = c->x.data,
      .y = c->x.data,
      .most_rows = most_rows,
  };
}

/// Saves the span of input row `row`.
UK_INLINE void uk_save_row(const uk_inplace *at, uint32_t row, const size_t bytes) {
  const uint8_t *from = at->x + row * at->in_row_bytes + at->first;
  uint8_t *to = at->ring + row % at->ring_rows * at->slide.width * bytes;
  for (uint32_t i = 0; i < at->slide.width; ++i, from += at->slide.y_step, to += bytes) {
    memcpy(to, from, bytes);
  }
}

/// Saves the rows under the next output rows, if windows from row `top` on need them.
UK_INLINE void uk_save_rows(uk_inplace *at, int64_t top) {
  const uk_window *w = at->c->window;
  const uint64_t covered = (uint64_t)(at->row + at->slide.rows) * w->out_width;
  for (; at->saved < w->in_height && (uint64_t)at->saved * w->in_width < covered; ++at->saved) {
    if (at->saved < top) continue;
    switch (at->bytes) {
      case 64: uk_save_row(at, at->saved, 64); break;
      case 32: uk_save_row(at, at->saved, 32); break;
      default: uk_save_row(at, at->saved, 16);
    }
  }
}

/// Makes the way of the next rows; 0 when there are none.
UK_INLINE int uk_next_inplace(uk_inplace *at) {
  const uk_window *w = at->c->window;
  uk_slide *s = &at->slide;
  at->row += s->rows;
  if (at->row == w->out_height) {
    if (++at->image == w->batch) return 0;
    at->x += w->in_height * at->in_row_bytes;
    at->row = at->saved = 0;
  }
  s->rows = uk_windows_overlap(w) && at->row + 1 < w->out_height ? at->most_rows : 1;
  s->y[0] = s->y[1] = at->y;
  if (s->rows == 2) s->y[1] += at->out_row_bytes;
  at->y += s->rows * at->out_row_bytes;
  const int64_t top = (int64_t)at->row * w->stride_height - w->pad_top;
  uk_save_rows(at, top);
  for (uint32_t ky = 0; ky < w->kernel_height - 1 + s->rows; ++ky) {
    const int64_t row = top + (int64_t)ky * w->dilation_height;
    s->x_step[ky] = row < at->saved ? at->bytes : at->c->x_pixel_bytes;
    if (row < 0 || row >= w->in_height) {
      s->x[ky] = s->pad;
      s->x_step[ky] = 0;
    } else if (row < at->saved) {
      // The way adds the first channel's bytes, which a row of the ring does not have.
      s->x[ky] = at->ring + row % at->ring_rows * s->width * at->bytes - at->first;
    } else {
      s->x[ky] = at->x + row * at->in_row_bytes;
    }
  }
  s->column = -(int64_t)w->pad_left;
  return 1;
}

#endif
