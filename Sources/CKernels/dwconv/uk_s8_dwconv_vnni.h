// SPDX-License-Identifier: Apache-2.0
// The int8 depthwise convolution on `vpdpbusd`. Windows that do not slide, few channels and scales
// of 1 or more are left to the products of pairs.
#include "../support/uk_slide_inplace.h"
#include "uk_s8_dwconv.h"

#define UK_NO_UNROLL _Pragma("clang loop unroll(disable)")

/// How sums become int8, and −(zero point of the weights) in parts that fit a weight.
typedef struct uk_s8_steps {
  const uk_requantize *output;
  int32_t zero_parts;
  uint8_t zero_part;
} uk_s8_steps;

UK_INLINE uk_s8_steps uk_make_steps(const uk_s8_window_parameters *p) {
  const int32_t z = p->weights_zero_point;
  const int32_t parts = z == -128 ? 2 : z != 0;
  const uint8_t part = (uint8_t)(z == -128 ? 64 : -z);
  return (uk_s8_steps){&p->output, parts, part};
}

// Channels of the widest vector, and pixels at a time that leave room for their columns.
#if UK_LANES == 16
#define UK_DPBUSD UK_MM(dpbusd_epi32)
#define UK_WIDEST 64
#define UK_QUAD_PIXELS 2
#define UK_BYTES 64
#include "uk_s8_dwconv_quads.h"
#else
#define UK_WIDEST 32
#define UK_QUAD_PIXELS 1
#if !defined(UK_DPBUSD)
#define UK_DPBUSD UK_MM(dpbusd_avx_epi32)
#endif
#endif
#define UK_BYTES 32
#include "uk_s8_dwconv_quads.h"
#define UK_BYTES 16
#include "uk_s8_dwconv_quads.h"

/// Calls the function of the span's width.
#if UK_WIDEST == 64
#define UK_WITH_SPAN(span, function, ...)            \
  switch ((span).width) {                            \
    case 64: function##_64(__VA_ARGS__); break;      \
    case 32: function##_32(__VA_ARGS__); break;      \
    default: function##_16(__VA_ARGS__);             \
  }
#else
#define UK_WITH_SPAN(span, function, ...)                              \
  if ((span).width == 32) function##_32(__VA_ARGS__);                  \
  else function##_16(__VA_ARGS__)
#endif

#define UK_EACH_BLOCK(span, c) UK_EACH_SPAN(span, (c)->count, 16, UK_WIDEST)

/// Where the block of a span is in scratch: bias, scale and groups of 4 weights for each channel.
UK_INLINE uint8_t *uk_block(void *blocks, const uk_window *w, uk_span span) {
  return (uint8_t *)blocks + span.done * (8 + 4 * (w->kernel_height == 3 ? 3 : 7));
}

UK_INLINE UK_TARGET void uk_order_span(uk_span span, void *block, const uk_channels *c,
                                       size_t first, int32_t zero_point) {
  if (c->window->kernel_height == 3) {
    UK_WITH_SPAN(span, uk_order_columns, block, c, first, zero_point);
  } else {
    UK_WITH_SPAN(span, uk_order_5x5, block, c, first, zero_point);
  }
}

UK_INLINE UK_TARGET void uk_compute_span(uk_span span, const uk_window *w, const void *block,
                                         const uk_slide *slide, size_t first,
                                         const uk_s8_steps *steps) {
  if (w->kernel_height == 3) {
    UK_WITH_SPAN(span, uk_slide_block, block, slide, first, steps);
  } else {
    UK_WITH_SPAN(span, uk_5x5_block, block, slide, first, steps);
  }
}

UK_TARGET static void uk_s8_slide(const uk_channels *c, const uk_s8_window_parameters *p,
                                  const uk_rows *y, uint32_t begin, uint32_t end, void *blocks) {
  const uk_s8_steps steps = uk_make_steps(p);
  UK_EACH_BLOCK(span, c) {
    uk_order_span(span, uk_block(blocks, &p->window, span), c, span.first, p->weights_zero_point);
  }
  for (uint32_t row = begin; row < end;) {
    const uk_slide slide = uk_make_slide(c, y, row, end, 1);
    for (uint32_t phase = 0; phase < uk_phases(&p->window); ++phase) {
      uk_slide room;
      const uk_slide *way = uk_slide_phase(&slide, &p->window, phase, &room);
      UK_EACH_BLOCK(span, c) {
        const void *block = uk_block(blocks, &p->window, span);
        uk_compute_span(span, &p->window, block, way, span.first, &steps);
      }
    }
    row += slide.rows;
  }
}

UK_INLINE int uk_s8_slides(const uk_window *w) { return uk_can_slide(w, 3) || uk_can_slide(w, 5); }

/// Whether no sum times its scale leaves the range of int32.
UK_INLINE UK_TARGET int uk_scales_are_small(const uk_channels *c) {
  const float *scale = c->scale;
  int small = 1;
  for (uint32_t i = 0; i < c->count; ++i) small &= scale[i] > -1.0f && scale[i] < 1.0f;
  return small;
}

#if UK_LANES == 16
#include "uk_s8_dwconv_narrow.h"
#endif

UK_INLINE UK_TARGET void uk_s8_dwconv_vnni(const uk_arguments *arguments, uint32_t begin,
                                           uint32_t end, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const uk_window *w = &p->window;
  const uk_channels c = uk_operand_channels(w, operands, 1);
  if (!uk_s8_slides(w) || !uk_scales_are_small(&c)) {
    uk_s8_dwconv(arguments, begin, end, scratch);
#if UK_LANES == 16
  } else if (c.count < 32 && w->kernel_height == 3 && w->stride_width == 1 &&
             w->dilation_width == 1) {
    uk_s8_narrow(&c, p, &operands[5], begin, end);
#endif
  } else if (c.count >= 16) {
    uk_s8_slide(&c, p, &operands[5], begin, end, scratch);
  } else {
    uk_s8_dwconv(arguments, begin, end, scratch);
  }
}

/// In place, the channels from `first` on, `count` of them, a multiple of 16.
UK_TARGET static void uk_s8_slide_inplace(const uk_channels *c, const uk_s8_window_parameters *p,
                                          size_t first, size_t count, void *scratch) {
  const uk_s8_steps steps = uk_make_steps(p);
  void *block = (uint8_t *)scratch + uk_dwconv_inplace_ring_bytes(&p->window, 1);
  UK_EACH_SPAN(span, count, 16, UK_WIDEST) {
    const size_t channel = first + span.first;
    uk_order_span(span, block, c, channel, p->weights_zero_point);
    uk_inplace at = uk_begin_inplace(c, channel, span.width, 1, 2, scratch);
    while (uk_next_inplace(&at)) {
      for (uint32_t phase = 0; phase < uk_phases(&p->window); ++phase) {
        uk_slide room;
        const uk_slide *way = uk_slide_phase(&at.slide, &p->window, phase, &room);
        uk_compute_span(span, &p->window, block, way, channel, &steps);
      }
    }
  }
}

UK_INLINE UK_TARGET void uk_s8_dwconv_inplace_vnni(const uk_arguments *arguments, uint32_t begin,
                                                   uint32_t end, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_channels c = uk_operand_channels(&p->window, arguments->operands, 1);
  size_t first = (size_t)begin * UK_CHANNEL_BLOCK;
  size_t count = uk_channels_of_blocks(&p->window, begin, end);
  if (uk_s8_slides(&p->window) && uk_scales_are_small(&c)) {
    const size_t whole = count - count % UK_CHANNEL_BLOCK;
    uk_s8_slide_inplace(&c, p, first, whole, scratch);
    first += whole;
    count -= whole;
  }
  uk_s8_dwconv_inplace_channels(arguments, first, count, scratch);
}
