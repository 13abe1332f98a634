// SPDX-License-Identifier: Apache-2.0
// The gradient of the weights of a depthwise convolution in float32, see uk_window_gradient.h: the
// products of dy and the inputs under some taps, summed over a block of pixels for a vector of
// channels at a time. The including file chooses vectors and float class by one of
// uk_elementwise_<isa>.h.

#include "../support/uk_elements.h"

/// The most taps whose sums are kept together.
#define UK_TAP_SUMS 10

/// The most columns of a kernel row whose sums are.
#define UK_TAP_COLUMNS 5

/// Small loops over taps must leave no loop.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// Taps whose sums are made together, over a vector of channels.
typedef struct uk_tap_group {
  const uk_window *window;
  const float *x, *dy;    // at the first channel
  size_t left;            // channels from the first on
  uint32_t row, column;   // the first tap; `columns` of `rows`
  size_t row_step, column_step, pixel_step;  // in x, from tap to tap and from pixel to pixel
} uk_tap_group;

/// Adds a pixel's products, of which some inputs may be beside the image unless it is an inner one.
/// `left` is the first tap's column.
UK_INLINE void uk_add_pixel(const uk_tap_group *g, const float *x, const float *dy, int64_t left,
                            uk_vf *sum, const size_t rows, const size_t columns,
                            const int is_inner, const int is_whole) {
  const uk_vf d = is_whole ? uk_load(dy) : uk_load_lanes(dy, g->left);
  UK_UNROLL for (size_t k = 0; k < columns; ++k) {
    const int64_t column = left + (int64_t)(k * g->window->dilation_width);
    if (!is_inner && (column < 0 || column >= g->window->in_width)) continue;
    const float *at = x + (ptrdiff_t)k * (ptrdiff_t)g->column_step;
    UK_UNROLL for (size_t r = 0; r < rows; ++r) {
      const uk_vf v = is_whole ? uk_load(at + r * g->row_step)
                               : uk_load_lanes(at + r * g->row_step, g->left);
      sum[r * columns + k] = UK_MULADD(v, d, sum[r * columns + k]);
    }
  }
}

/// Neighbouring output pixels, of which `first ..< last` have all their inputs in the image.
typedef struct uk_pixel_run {
  const float *x, *dy;  // under the first row of taps; of the first pixel
  int64_t left;         // the column of x under the first tap of the first pixel
  int64_t first, last, count;
} uk_pixel_run;

#define UK_ADD_UNTIL(end, is_inner)                                              \
  for (; i < (end); ++i) {                                                       \
    uk_add_pixel(g, x, dy, left, sum, rows, columns, is_inner, is_whole);        \
    x += g->pixel_step;                                                          \
    dy += w->in_channels;                                                        \
    left += w->stride_width;                                                     \
  }

/// Adds the products of a run.
UK_INLINE void uk_add_run(const uk_tap_group *g, const uk_pixel_run *run, uk_vf *sums,
                          const size_t rows, const size_t columns, const int is_whole) {
  const uk_window *w = g->window;
  uk_vf sum[UK_TAP_SUMS];
  UK_UNROLL for (size_t t = 0; t < rows * columns; ++t) sum[t] = sums[t];
  const float *dy = run->dy;
  int64_t i = 0, left = run->left;
  const float *x = run->x + (ptrdiff_t)left * (ptrdiff_t)w->in_channels;
  UK_ADD_UNTIL(run->first, 0)
  UK_ADD_UNTIL(run->last, 1)
  UK_ADD_UNTIL(run->count, 0)
  UK_UNROLL for (size_t t = 0; t < rows * columns; ++t) sums[t] = sum[t];
}

/// The taps along one axis that are inside: those of windows from `start` on.
UK_INLINE void uk_clip(int64_t start, int64_t step, int64_t extent, int64_t *first, int64_t *last) {
  const int64_t from = start < 0 ? (step - 1 - start) / step : 0;
  const int64_t until = start < extent ? (extent - 1 - start) / step + 1 : 0;
  if (from > *first) *first = from < *last ? from : *last;
  if (until < *last) *last = until > *first ? until : *first;
}

/// Adds the pixels `column ..< column + count` of output row `row`, counted over all images.
UK_INLINE void uk_add_row(const uk_tap_group *g, uint64_t row, uint64_t column, int64_t count,
                          uk_vf *sums, const size_t rows, const size_t columns,
                          const int is_whole) {
  const uk_window *w = g->window;
  const int64_t top = (int64_t)(row % w->out_height) * w->stride_height - w->pad_top +
                      (int64_t)g->row * w->dilation_height;
  int64_t first_row = 0, last_row = (int64_t)rows;
  uk_clip(top, w->dilation_height, w->in_height, &first_row, &last_row);
  if (first_row == last_row) return;
  const int64_t left = (int64_t)column * w->stride_width - w->pad_left +
                       (int64_t)g->column * w->dilation_width;
  uk_pixel_run run = {.left = left, .last = count, .count = count};
  uk_clip(left, w->stride_width, w->in_width, &run.first, &run.last);
  uk_clip(left + (int64_t)((columns - 1) * w->dilation_width), w->stride_width, w->in_width,
          &run.first, &run.last);
  const uint64_t line =
      row / w->out_height * w->in_height + (uint64_t)(top + first_row * w->dilation_height);
  run.x = g->x + line * w->in_width * w->in_channels;
  run.dy = g->dy + (row * w->out_width + column) * w->in_channels;
  sums += (size_t)first_row * columns;
  switch (last_row - first_row) {
    case 1: uk_add_run(g, &run, sums, 1, columns, is_whole); break;
    case 2: uk_add_run(g, &run, sums, rows > 1 ? 2 : 1, columns, is_whole); break;
    default: uk_add_run(g, &run, sums, rows > 2 ? 3 : 1, columns, is_whole);
  }
}

/// The sums of a group over pixels `first ..< first + count`.
UK_INLINE void uk_sum_taps(const uk_tap_group *g, uint64_t first, uint64_t count, uk_vf *sums,
                           const size_t rows, const size_t columns) {
  const uint64_t width = g->window->out_width;
  for (size_t t = 0; t < rows * columns; ++t) sums[t] = uk_splat(0);
  for (uint64_t pixel = first, end = first + count, pixels; pixel < end; pixel += pixels) {
    const uint64_t column = pixel % width, room = width - column;
    pixels = room < end - pixel ? room : end - pixel;
    if (g->left >= UK_WIDTH) {
      uk_add_row(g, pixel / width, column, (int64_t)pixels, sums, rows, columns, 1);
    } else {
      uk_add_row(g, pixel / width, column, (int64_t)pixels, sums, rows, columns, 0);
    }
  }
}

#include "uk_f32_dwconv_blocks.h"
