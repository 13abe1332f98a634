// SPDX-License-Identifier: Apache-2.0
// The int8 depthwise convolution on vectors of channels. The including file chooses the ISA.
//
// Taps are taken in pairs: two pixels' channels are interleaved, widened to int16 and multiplied
// with weights that were brought in the same order once per call. An odd last tap is paired with
// itself and weights of 0.
#include "../support/uk_tile_s8.h"
#include "../support/uk_slide_inplace.h"

/// (a[i], b[i]) for 16 channels, in the lanes of their sums.
typedef struct uk_pairs {
  uk_lanes_i16 v[UK_VECTORS];
} uk_pairs;

UK_INLINE UK_TARGET uk_pairs uk_interleave(uk_bytes16 a, uk_bytes16 b) {
  const uk_bytes16 low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                                 22, 7, 23);
  const uk_bytes16 high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                  29, 14, 30, 15, 31);
  const uk_halves16 halves[2] = {__builtin_convertvector(low, uk_halves16),
                                 __builtin_convertvector(high, uk_halves16)};
  uk_pairs pairs;
  memcpy(&pairs, halves, sizeof pairs);
  return pairs;
}

/// Up to 16 channels of a pixel; the missing ones are 0.
UK_INLINE UK_TARGET uk_bytes16 uk_load_channels_s8(const void *x, size_t count) {
  uk_bytes16 channels = 0;
  uk_copy_panel(&channels, x, count, 1);
  return channels;
}

/// Widens the weights, less their zero point, to [block of 16 channels][pair of taps][16][2] and
/// points `c` there.
UK_INLINE UK_TARGET void uk_pair_weights(uk_channels *c, int32_t zero_point, int16_t *pairs) {
  const size_t taps = uk_window_taps(c->window), pitch = c->tap_pitch;
  const int8_t *w = c->weights;
  c->weights = pairs;
  for (size_t block = 0; block < c->count; block += UK_CHANNEL_BLOCK) {
    const size_t first = uk_block_first(c, block);
    for (size_t tap = 0; tap < taps; tap += 2, pairs += 2 * UK_CHANNEL_BLOCK) {
      const int8_t *w0 = w + tap * pitch + first;
      const uk_bytes16 none = (int8_t)zero_point;
      uk_pairs pair = uk_interleave(
          uk_load_channels_s8(w0, UK_CHANNEL_BLOCK),
          tap + 1 < taps ? uk_load_channels_s8(w0 + pitch, UK_CHANNEL_BLOCK) : none);
      UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) pair.v[v] -= (int16_t)zero_point;
      memcpy(pairs, &pair, sizeof pair);
    }
  }
}

/// `count` channels of one output pixel from channel `first` on; `readable` of them may be read.
UK_INLINE UK_TARGET void uk_s8_dwconv_block(const uk_channels *c, const uk_s8_output *output,
                                            const size_t tap_count, const uint8_t *const *taps,
                                            int8_t *y, size_t block, const size_t count,
                                            const size_t readable) {
  const size_t first = uk_block_first(c, block);
  const int16_t *w = (const int16_t *)c->weights + block * uk_round_up(tap_count, 2);
  uk_panel_i32 sum = uk_load_panel_i32((const int32_t *)c->bias + first);
  const uk_panel_f32 scale = uk_load_panel_f32((const float *)c->scale + first);
  for (size_t tap = 0; tap < tap_count; tap += 2, w += 2 * UK_CHANNEL_BLOCK) {
    const uk_pairs x = uk_interleave(uk_load_channels_s8(taps[tap] + first, readable),
                                     uk_load_channels_s8(taps[tap + 1] + first, readable));
    uk_pairs weights;
    memcpy(&weights, w, sizeof weights);
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
      sum.v[v] += UK_MULTIPLY_ADD_PAIRS(x.v[v], weights.v[v]);
    }
  }
  const uk_bytes16 bytes = uk_requantize_panel(sum, scale, output);
  uk_copy_panel(y + first, &bytes, count, 1);
}

/// An output row; `scratch` holds pointers to the taps and rows.
UK_INLINE UK_TARGET void uk_s8_dwconv_pixels(const uk_channels *c, const uk_requantize *requantize,
                                             uint32_t row, int8_t *y, void *scratch,
                                             const size_t tap_count) {
  const uk_s8_output output = uk_make_s8_output(requantize);
  const uint8_t **taps = scratch, **x_rows = taps + uk_round_up(tap_count, 2);
  uk_find_rows(c, row, x_rows);
  for (uint32_t pixel = 0; pixel < c->window->out_width; ++pixel, y += c->y_pixel) {
    uk_find_taps(c, x_rows, pixel, taps);
    if (tap_count % 2 != 0) taps[tap_count] = taps[tap_count - 1];
    UK_EACH_CHANNEL_BLOCK(c, pixel, uk_s8_dwconv_block, c, &output, tap_count, taps, y);
  }
}

/// A `uk_channels_row`.
UK_TARGET static void uk_s8_dwconv_row(const uk_channels *c, const void *parameters, uint32_t row,
                                       void *y, void *scratch) {
  const uk_s8_window_parameters *p = parameters;
  const size_t tap_count = uk_window_taps(c->window);
  if (tap_count == 9) {
    uk_s8_dwconv_pixels(c, &p->output, row, y, scratch, 9);
  } else {
    uk_s8_dwconv_pixels(c, &p->output, row, y, scratch, tap_count);
  }
}

#include "uk_s8_dwconv_slide_pairs.h"

UK_INLINE UK_TARGET void uk_s8_dwconv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                      void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  int8_t pad[UK_CHANNEL_BLOCK];
  uk_channels c = uk_all_channels(&p->window, operands, 1, pad);
  int16_t *weights = scratch;
  if (c.count >= UK_CHANNEL_BLOCK && uk_can_slide(&p->window, 3)) {
    uk_s8_slide_pairs(&c, p, &operands[5], begin, end, weights);
    return;
  }
  uint8_t *pointers = (uint8_t *)scratch + uk_s8_dwconv_weight_bytes(&p->window, c.count);
  uk_pair_weights(&c, p->weights_zero_point, weights);
  for (uint32_t row = begin; row < end; ++row) {
    uk_s8_dwconv_row(&c, p, row, uk_row(&operands[5], row), pointers);
  }
}

/// In place, the channels from `first` on, `count` of them.
UK_INLINE UK_TARGET void uk_s8_dwconv_inplace_channels(const uk_arguments *arguments, size_t first,
                                                       size_t count, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  uint8_t *weights = (uint8_t *)scratch + uk_dwconv_inplace_ring_bytes(&p->window, 1);
  uint8_t *pointers = weights + uk_s8_dwconv_weight_bytes(&p->window, UK_CHANNEL_BLOCK);
  if (uk_can_slide(&p->window, 3)) {
    const uk_channels c = uk_operand_channels(&p->window, operands, 1);
    const size_t whole = count - count % UK_CHANNEL_BLOCK;
    uk_s8_slide_pairs_inplace(&c, p, first, whole, scratch, (int16_t *)weights);
    first += whole;
    count -= whole;
  }
  for (size_t done = 0; done < count; done += UK_CHANNEL_BLOCK) {
    int8_t pad[UK_CHANNEL_BLOCK];
    uk_channels c =
        uk_channel_block(&p->window, operands, 1, first + done, count - done, scratch, pad);
    uk_pair_weights(&c, p->weights_zero_point, (int16_t *)weights);
    uk_each_inplace_row(&c, operands[0].data + first + done, 1, p, uk_s8_dwconv_row, pointers);
  }
}

UK_INLINE UK_TARGET void uk_s8_dwconv_inplace(const uk_arguments *arguments, uint32_t begin,
                                              uint32_t end, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  uk_s8_dwconv_inplace_channels(arguments, (size_t)begin * UK_CHANNEL_BLOCK,
                                uk_channels_of_blocks(&p->window, begin, end), scratch);
}
