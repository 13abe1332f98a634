// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_WINDOW_LINES_H
#define THIMBLE_UK_WINDOW_LINES_H

// Copies some of the inputs under each of many windows side by side, [pixel][16]: elements that are
// neighbours in a window's row, or in one of its taps where those are apart, are so in the image.
//
// Included behind uk_lanes.h.

#include "uk_copied_lanes.h"

/// Neighbours in the image that are neighbours among the elements under a window.
typedef struct uk_line {
  uint32_t kernel_row;
  uint32_t lane, width;  // where they go
  uint32_t mask;         // those lanes, or none where the row is outside the image
  int64_t offset;        // where they begin, from the window's left
  uintptr_t from;        // what would go to lane 0, for the first of neighbouring output pixels
} uk_line;

/// What the windows of neighbouring output pixels share.
typedef struct uk_lines {
  uk_line line[UK_GRADIENT_DEPTH];
  size_t count;
  int64_t left, step;    // of the first pixel's window, and from one to the next
  int64_t row_elements;  // of an image row
} uk_lines;

/// Lanes `first ..< last`, a bit for each.
UK_INLINE uint32_t uk_mask(uint32_t first, uint32_t last) {
  return ((1u << last) - 1) & ~((1u << first) - 1);
}

/// The lines of elements `first ..< first + count`, at most 16, of those under a window.
UK_INLINE void uk_find_lines(uk_lines *p, const uk_window *window, uint64_t first,
                             uint32_t count) {
  const uint64_t channels = window->in_channels, row = window->kernel_width * channels;
  const uint64_t longest = window->dilation_width == 1 ? row : channels;
  p->count = 0;
  for (uint32_t lane = 0; lane < count;) {
    const uint64_t k = first + lane, left = longest - k % longest;
    const uint64_t column = k % row / channels;
    uk_line *line = &p->line[p->count++];
    line->kernel_row = (uint32_t)(k / row);
    line->lane = lane;
    line->width = left < count - lane ? (uint32_t)left : count - lane;
    line->offset = (int64_t)(column * window->dilation_width * channels + k % channels);
    lane += line->width;
  }
}

/// The lanes of a line that are in the image, of pixel `i`.
UK_INLINE uint32_t uk_mask_line(const uk_lines *p, const uk_line *line, int64_t i) {
  const int64_t at = p->left + i * p->step + line->offset, rest = p->row_elements - at;
  if (at <= -(int64_t)line->width || rest <= 0) return 0;
  const uint32_t first = at < 0 ? (uint32_t)-at : 0;
  const uint32_t last = rest < line->width ? (uint32_t)rest : line->width;
  return line->mask & uk_mask(line->lane + first, line->lane + last);
}

/// The lines of pixels `first ..< last`, whole where those are inner ones. Nothing but what is
/// copied is read; other lanes are 0.
UK_INLINE void uk_copy_lines(const uk_lines *p, int64_t first, int64_t last, const int is_inner,
                             const size_t count, float *to) {
  uk_line lines[UK_GRADIENT_DEPTH];
  for (size_t j = 0; j < count; ++j) lines[j] = p->line[j];
  const uintptr_t step = (uintptr_t)p->step * sizeof(float);
  for (int64_t i = first; i < last; ++i) {
    uk_lanes copied = uk_no_lanes();
    for (size_t j = 0; j < count; ++j) {
      const uint32_t mask = is_inner ? lines[j].mask : uk_mask_line(p, &lines[j], i);
      copied = uk_add_lanes(copied, (const float *)(lines[j].from + (uintptr_t)i * step), mask);
    }
    uk_store_copied(to + i * UK_GRADIENT_DEPTH, copied);
  }
}

/// The pixels `first ..< last`, of `count`, whose lines are in the image as a whole.
UK_INLINE void uk_find_inner(const uk_lines *p, int64_t count, int64_t *first, int64_t *last) {
  *first = 0;
  *last = count;
  for (size_t j = 0; j < p->count; ++j) {
    const uk_line *line = &p->line[j];
    if (line->mask == 0) continue;
    const int64_t at = p->left + line->offset, room = p->row_elements - at - line->width;
    if (at < 0) {
      const int64_t from = (p->step - 1 - at) / p->step;
      if (from > *first) *first = from < count ? from : count;
    }
    if (room < (*last - 1) * p->step) *last = room < 0 ? 0 : room / p->step + 1;
  }
  if (*last < *first) *last = *first;
}

/// Finds the lines under the windows of output row `row` of an image, which begins at `x`.
UK_INLINE void uk_find_rows(uk_lines *p, const uk_window *window, const float *x, uint64_t row) {
  const int64_t top = (int64_t)row * window->stride_height - window->pad_top;
  for (size_t j = 0; j < p->count; ++j) {
    uk_line *line = &p->line[j];
    const int64_t y = top + (int64_t)line->kernel_row * window->dilation_height;
    const int is_inside = 0 <= y && y < window->in_height;
    line->mask = is_inside ? uk_mask(line->lane, line->lane + line->width) : 0;
    // By number, for it may be in front of the image.
    const int64_t first = y * p->row_elements + p->left + line->offset - line->lane;
    line->from = (uintptr_t)x + (uintptr_t)first * sizeof(float);
  }
}

/// Elements `k ..< k + depth` under the windows of `count` output pixels from `pixel` on.
UK_INLINE void uk_copy_windows(const uk_window *window, const float *x, uint64_t pixel,
                               uint64_t count, uint64_t k, uint32_t depth, float *to) {
  const int64_t channels = window->in_channels;
  uk_lines p;
  p.step = window->stride_width * channels;
  p.row_elements = window->in_width * channels;
  uk_find_lines(&p, window, k, depth);
  const uint64_t image_elements = window->in_height * (uint64_t)p.row_elements;
  uint64_t row = pixel / window->out_width, column = pixel % window->out_width;
  x += row / window->out_height * image_elements;
  row %= window->out_height;
  for (uint64_t done = 0, pixels; done < count; done += pixels) {
    p.left = (int64_t)column * p.step - window->pad_left * channels;
    pixels = window->out_width - column < count - done ? window->out_width - column : count - done;
    uk_find_rows(&p, window, x, row);
    int64_t first, last;
    uk_find_inner(&p, (int64_t)pixels, &first, &last);
    float *copies = to + done * UK_GRADIENT_DEPTH;
    uk_copy_lines(&p, 0, first, 0, p.count, copies);
    switch (p.count) {
      case 1: uk_copy_lines(&p, first, last, 1, 1, copies); break;
      case 2: uk_copy_lines(&p, first, last, 1, 2, copies); break;
      case 3: uk_copy_lines(&p, first, last, 1, 3, copies); break;
      default: uk_copy_lines(&p, first, last, 1, p.count, copies);
    }
    uk_copy_lines(&p, last, (int64_t)pixels, 0, p.count, copies);
    column = 0;
    if (++row == window->out_height) x += image_elements, row = 0;
  }
}

#endif
