// SPDX-License-Identifier: Apache-2.0
// The gradient of the input of a depthwise convolution in float32 over input rows `begin ..< end`,
// counted over all images; see uk_window_gradient.h. The including file chooses vectors and float
// class by one of uk_elementwise_<isa>.h.
//
// Pixels a stride apart meet the same taps, each the output one further: they are a phase.

#include "../support/uk_elements.h"
#include "uk_meeting.h"

/// Neighbours of a phase that are made together.
#define UK_PIXELS 4

/// Small loops over taps and pixels must leave no loop.
#define UK_UNROLL _Pragma("clang loop unroll(full)")

/// What the pixels of a phase in one row share, over a vector of channels.
typedef struct uk_phase {
  uk_meeting columns;
  size_t rows;                       // that meet
  const float *dy, *weights;         // of the first row's output and taps
  float *dx;                         // the phase's first pixel
  size_t dy_row, weight_row;         // back from row to row of dy, on in the weights
  size_t channels, padded, dx_step;  // from pixel to pixel, tap to tap, and in the phase
  size_t left;                       // channels
  int64_t out_width;
} uk_phase;

/// Pixel `i` of the phase and those after it, all of whose outputs are in the image and neighbours.
UK_INLINE void uk_sum_pixels(const uk_phase *p, int64_t i, const size_t pixels,
                             const size_t columns, const int is_whole) {
  uk_vf sum[UK_PIXELS], d[UK_PIXELS + 4];
  UK_UNROLL for (size_t j = 0; j < pixels; ++j) sum[j] = uk_splat(0);
  const size_t first = (size_t)(p->columns.output + i) - (columns - 1);
  const float *dy = p->dy + first * p->channels, *weights = p->weights;
  for (size_t row = 0; row < p->rows; ++row, weights += p->weight_row) {
    const float *from = dy - row * p->dy_row;
    UK_UNROLL for (size_t j = 0; j < pixels + columns - 1; ++j) {
      d[j] = is_whole ? uk_load(from + j * p->channels)
                      : uk_load_lanes(from + j * p->channels, p->left);
    }
    UK_UNROLL for (size_t k = 0; k < columns; ++k) {
      const uk_vf w = uk_load(weights + k * (size_t)p->columns.step * p->padded);
      UK_UNROLL for (size_t j = 0; j < pixels; ++j) {
        sum[j] = UK_MULADD(d[j + columns - 1 - k], w, sum[j]);
      }
    }
  }
  float *dx = p->dx + (size_t)i * p->dx_step;
  UK_UNROLL for (size_t j = 0; j < pixels; ++j) {
    uk_store_lanes(dx + j * p->dx_step, sum[j], is_whole ? UK_WIDTH : p->left);
  }
}

UK_INLINE void uk_sum_inner(const uk_phase *p, int64_t i, int64_t end, const size_t columns,
                            const int is_whole) {
  for (; i + UK_PIXELS <= end; i += UK_PIXELS) uk_sum_pixels(p, i, UK_PIXELS, columns, is_whole);
  switch (end - i) {
    case 1: uk_sum_pixels(p, i, 1, columns, is_whole); break;
    case 2: uk_sum_pixels(p, i, 2, columns, is_whole); break;
    case 3: uk_sum_pixels(p, i, 3, columns, is_whole); break;
  }
}

/// Pixel `i` of the phase, of any taps.
UK_INLINE void uk_sum_any(const uk_phase *p, int64_t i) {
  const uk_meeting *m = &p->columns;
  uk_vf sum = uk_splat(0);
  for (size_t row = 0; row < p->rows; ++row) {
    const float *weights = p->weights + row * p->weight_row;
    for (int64_t k = 0; k < m->count; ++k) {
      const float *dy = p->dy + (size_t)(m->output + i - k * m->back) * p->channels;
      const uk_vf w = uk_load(weights + (size_t)(k * m->step) * p->padded);
      sum = UK_MULADD(uk_load_lanes(dy - row * p->dy_row, p->left), w, sum);
    }
  }
  uk_store_lanes(p->dx + (size_t)i * p->dx_step, sum, p->left);
}

/// Pixels `i ..< end` of the phase, each by the taps whose outputs are in the image.
UK_INLINE void uk_sum_edge(const uk_phase *p, int64_t i, int64_t end, const int is_whole) {
  for (; i < end; ++i) {
    uk_phase some = *p;
    some.columns.output += i;
    uk_keep_inside(&some.columns, p->out_width);
    some.columns.output -= i;
    some.weights += (some.columns.tap - p->columns.tap) * (ptrdiff_t)p->padded;
    switch (some.columns.back == 1 ? some.columns.count : 0) {
      case 1: uk_sum_pixels(&some, i, 1, 1, is_whole); break;
      case 2: uk_sum_pixels(&some, i, 1, 2, is_whole); break;
      case 3: uk_sum_pixels(&some, i, 1, 3, is_whole); break;
      case 4: uk_sum_pixels(&some, i, 1, 4, is_whole); break;
      default: uk_sum_any(&some, i);
    }
  }
}

/// All `count` pixels of a phase.
UK_INLINE void uk_sum_phase(const uk_phase *p, int64_t count, const int is_whole) {
  const uk_meeting *m = &p->columns;
  int64_t first = (m->count - 1) * m->back - m->output, last = p->out_width - m->output;
  first = first < 0 ? 0 : first > count ? count : first;
  last = last > count ? count : last < first ? first : last;
  if (m->back != 1 || m->count > 5 || m->count == 0) first = last = count;
  uk_sum_edge(p, 0, first, is_whole);
  switch (m->count) {
    case 1: uk_sum_inner(p, first, last, 1, is_whole); break;
    case 2: uk_sum_inner(p, first, last, 2, is_whole); break;
    case 3: uk_sum_inner(p, first, last, 3, is_whole); break;
    case 4: uk_sum_inner(p, first, last, 4, is_whole); break;
    case 5: uk_sum_inner(p, first, last, 5, is_whole); break;
  }
  uk_sum_edge(p, last, count, is_whole);
}

/// Input row `row` of an image, whose outputs' gradients begin at `dy`.
UK_INLINE void uk_sum_row(const uk_window *w, const float *dy, const float *weights, float *dx,
                          uint32_t row) {
  const size_t channels = w->in_channels, padded = uk_round_up(channels, UK_CHANNEL_BLOCK);
  const size_t out_pitch = w->out_width * channels;
  uk_meeting rows =
      uk_meet(row, w->kernel_height, w->stride_height, w->dilation_height, w->pad_top);
  uk_keep_inside(&rows, w->out_height);
  for (uint32_t phase = 0; phase < w->stride_width && phase < w->in_width; ++phase) {
    uk_phase p = {
        .columns = uk_meet(phase, w->kernel_width, w->stride_width, w->dilation_width, w->pad_left),
        .rows = (size_t)rows.count,
        .dy_row = (size_t)rows.back * out_pitch,
        .weight_row = (size_t)rows.step * w->kernel_width * padded,
        .channels = channels,
        .padded = padded,
        .dx_step = w->stride_width * channels,
        .out_width = w->out_width,
    };
    if (p.columns.count == 0) p.rows = 0;
    const size_t tap = p.rows ? (size_t)(rows.tap * w->kernel_width + p.columns.tap) : 0;
    const size_t out_row = p.rows ? (size_t)rows.output * out_pitch : 0;
    const int64_t count = (w->in_width - 1 - phase) / w->stride_width + 1;
    for (size_t c = 0; c < channels; c += UK_WIDTH) {
      p.left = channels - c;
      p.dy = dy + out_row + c;
      p.weights = weights + tap * padded + c;
      p.dx = dx + phase * channels + c;
      if (p.left >= UK_WIDTH) {
        uk_sum_phase(&p, count, 1);
      } else {
        uk_sum_phase(&p, count, 0);
      }
    }
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_window *w = arguments->parameters;
  const size_t out_elements = (size_t)w->out_height * w->out_width * w->in_channels;
  const float *weights = uk_elements(arguments, 1, 0);
  for (size_t row = begin; row < end; ++row) {
    const float *dy = uk_elements(arguments, 0, row / w->in_height * out_elements);
    float *dx = uk_elements(arguments, 2, row * w->in_width * w->in_channels);
    uk_sum_row(w, dy, weights, dx, (uint32_t)(row % w->in_height));
  }
}
