// SPDX-License-Identifier: Apache-2.0
// The float32 depthwise convolution on vectors of channels. The including file defines UK_FUSED and
// the ISA.
#include "../support/uk_tile_f32.h"
#include "../support/uk_slide_inplace.h"

/// Up to 16 channels of a pixel; the missing ones are 0.
UK_INLINE UK_TARGET uk_panel_f32 uk_load_channels_f32(const float *x, size_t count) {
  uk_panel_f32 channels = {0};
  uk_copy_panel(&channels, x, count, sizeof(float));
  return channels;
}

/// `count` channels of one output pixel from channel `block` on; `readable` of them may be read.
UK_INLINE UK_TARGET void uk_f32_dwconv_block(const uk_channels *c, float min, float max,
                                             const size_t tap_count, const uint8_t *const *taps,
                                             float *y, size_t block, const size_t count,
                                             const size_t readable) {
  const size_t first = uk_block_first(c, block);
  const float *w = (const float *)c->weights + first;
  uk_panel_f32 sum = uk_load_panel_f32((const float *)c->bias + first);
  for (size_t tap = 0; tap < tap_count; ++tap, w += c->tap_pitch) {
    const uk_panel_f32 x = uk_load_channels_f32((const float *)taps[tap] + first, readable);
    const uk_panel_f32 weights = uk_load_panel_f32(w);
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
      sum.v[v] = uk_multiply_add(x.v[v], weights.v[v], sum.v[v]);
    }
  }
  sum = uk_clamp_panel(sum, min, max);
  uk_copy_panel(y + first, &sum, count, sizeof(float));
}

/// An output row; `scratch` holds pointers to the taps and rows.
UK_INLINE UK_TARGET void uk_f32_dwconv_pixels(const uk_channels *c,
                                              const uk_f32_window_parameters *p, uint32_t row,
                                              float *y, void *scratch, const size_t tap_count) {
  const uint8_t **taps = scratch, **x_rows = taps + tap_count;
  uk_find_rows(c, row, x_rows);
  for (uint32_t pixel = 0; pixel < c->window->out_width; ++pixel, y += c->y_pixel) {
    uk_find_taps(c, x_rows, pixel, taps);
    UK_EACH_CHANNEL_BLOCK(c, pixel, uk_f32_dwconv_block, c, p->min, p->max, tap_count, taps, y);
  }
}

/// A `uk_channels_row`.
UK_TARGET static void uk_f32_dwconv_row(const uk_channels *c, const void *parameters, uint32_t row,
                                        void *y, void *scratch) {
  const size_t tap_count = uk_window_taps(c->window);
  if (tap_count == 9) {
    uk_f32_dwconv_pixels(c, parameters, row, y, scratch, 9);
  } else {
    uk_f32_dwconv_pixels(c, parameters, row, y, scratch, tap_count);
  }
}

/// The weights of a window that slides.
typedef struct uk_f32_taps {
  const float *weights, *bias;
  size_t pitch;
  float min, max;
} uk_f32_taps;

#define UK_NO_UNROLL _Pragma("clang loop unroll(disable)")

// Pixels at a time: as many as registers hold sums and columns for. Most extents of images are
// multiples of 7.
#if UK_LANES == 16
#define UK_SLIDE_PIXELS 2
#define UK_5X5_PIXELS 7
#define UK_SLIDE_LANES 16
#include "uk_f32_dwconv_slide.h"
#else
#define UK_SLIDE_PIXELS 1
#define UK_5X5_PIXELS 4
#endif
#if UK_LANES >= 8
#define UK_NARROWEST 8
#define UK_SLIDE_LANES 8
#include "uk_f32_dwconv_slide.h"
#else
#define UK_NARROWEST 4
#define UK_SLIDE_LANES 4
#include "uk_f32_dwconv_slide.h"
#endif

UK_INLINE UK_TARGET void uk_f32_compute_span(const uk_window *w, size_t width,
                                             const uk_slide *slide, size_t first,
                                             const uk_f32_taps *taps) {
  const int is_3x3 = w->kernel_height == 3;
#if UK_LANES == 16
  if (width == 16) return (is_3x3 ? uk_slide_span_16 : uk_5x5_span_16)(slide, first, taps);
#endif
  (void)width;
#if UK_LANES >= 8
  (is_3x3 ? uk_slide_span_8 : uk_5x5_span_8)(slide, first, taps);
#else
  (is_3x3 ? uk_slide_span_4 : uk_5x5_span_4)(slide, first, taps);
#endif
}

/// Whether windows slide, and it pays: of 3×3 with a stride of 2 they share too little for vectors
/// of 4.
UK_INLINE int uk_f32_slides(const uk_window *w) {
  if (w->in_channels < UK_NARROWEST) return 0;
  return uk_can_slide(w, 5) || (uk_can_slide(w, 3) && (UK_LANES > 4 || w->stride_width == 1));
}

UK_TARGET static void uk_f32_slide(const uk_channels *c, const uk_f32_window_parameters *p,
                                   const uk_rows *y, uint32_t begin, uint32_t end) {
  const uk_f32_taps taps = {c->weights, c->bias, c->tap_pitch, p->min, p->max};
  for (uint32_t row = begin; row < end;) {
    const uk_slide slide = uk_make_slide(c, y, row, end, sizeof(float));
    for (uint32_t phase = 0; phase < uk_phases(c->window); ++phase) {
      uk_slide room;
      const uk_slide *way = uk_slide_phase(&slide, c->window, phase, &room);
      UK_EACH_SPAN(span, c->count, UK_NARROWEST, UK_LANES) {
        uk_f32_compute_span(c->window, span.width, way, span.first, &taps);
      }
    }
    row += slide.rows;
  }
}

UK_INLINE UK_TARGET void uk_f32_dwconv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                       void *scratch) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  if (uk_f32_slides(&p->window)) {
    const uk_channels c = uk_operand_channels(&p->window, operands, sizeof(float));
    uk_f32_slide(&c, p, &operands[4], begin, end);
    return;
  }
  float pad[UK_CHANNEL_BLOCK];
  const uk_channels c = uk_all_channels(&p->window, operands, sizeof(float), pad);
  for (uint32_t row = begin; row < end; ++row) {
    uk_f32_dwconv_row(&c, p, row, uk_row(&operands[4], row), scratch);
  }
}

/// In place, the channels from `first` on, `count` of them, of windows that slide.
UK_TARGET static void uk_f32_slide_inplace(const uk_channels *c, const uk_f32_window_parameters *p,
                                           size_t first, size_t count, void *ring) {
  const uk_f32_taps taps = {c->weights, c->bias, c->tap_pitch, p->min, p->max};
  UK_EACH_SPAN(span, count, UK_NARROWEST, UK_LANES) {
    uk_inplace at = uk_begin_inplace(c, first + span.first, span.width, sizeof(float), 2, ring);
    while (uk_next_inplace(&at)) {
      for (uint32_t phase = 0; phase < uk_phases(c->window); ++phase) {
        uk_slide room;
        const uk_slide *way = uk_slide_phase(&at.slide, c->window, phase, &room);
        uk_f32_compute_span(c->window, span.width, way, first + span.first, &taps);
      }
    }
  }
}

UK_INLINE UK_TARGET void uk_f32_dwconv_inplace(const uk_arguments *arguments, uint32_t begin,
                                               uint32_t end, void *scratch) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  uint8_t *pointers =
      (uint8_t *)scratch + uk_dwconv_inplace_ring_bytes(&p->window, sizeof(float));
  size_t first = (size_t)begin * UK_CHANNEL_BLOCK;
  size_t count = uk_channels_of_blocks(&p->window, begin, end);
  if (uk_f32_slides(&p->window)) {
    const uk_channels c = uk_operand_channels(&p->window, operands, sizeof(float));
    // What is left after whole blocks must begin at one, where panels of weights do.
    const size_t whole = count % UK_NARROWEST == 0 ? count : count - count % UK_CHANNEL_BLOCK;
    uk_f32_slide_inplace(&c, p, first, whole, scratch);
    first += whole;
    count -= whole;
  }
  for (size_t done = 0; done < count; done += UK_CHANNEL_BLOCK) {
    float pad[UK_CHANNEL_BLOCK];
    const uk_channels c = uk_channel_block(&p->window, operands, sizeof(float), first + done,
                                           count - done, scratch, pad);
    float *x = (float *)operands[0].data + first + done;
    uk_each_inplace_row(&c, (uint8_t *)x, sizeof(float), p, uk_f32_dwconv_row, pointers);
  }
}
