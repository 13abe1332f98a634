// SPDX-License-Identifier: Apache-2.0
// The depthwise convolution of int16 by int8 on 16 channels at a time. Include uk_s16_avx2.h or
// uk_s16_avx512.h first.
//
// Taps are taken in pairs: two pixels' channels are interleaved and multiplied with weights that
// were widened and brought in the same order once per call. An odd last tap is paired with itself
// and weights of 0.
#include "../support/uk_window_channels.h"

/// The lanes of channels 0 … 3 and 8 … 11, then of the others.
typedef struct uk_s16_pairs {
  __m256i v[2];
} uk_s16_pairs;

UK_INLINE UK_TARGET uk_s16_pairs uk_s16_interleave(__m256i a, __m256i b) {
  return (uk_s16_pairs){{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)}};
}

/// The channels of a block that there are; the others are 0.
UK_INLINE UK_TARGET __m256i uk_s16_channels(const void *x, const size_t count) {
  if (count == UK_CHANNEL_BLOCK) return _mm256_loadu_si256(x);
  __m256i channels = _mm256_setzero_si256();
  memcpy(&channels, x, count * sizeof(int16_t));
  return channels;
}

/// Widens the weights to [block of 16 channels][pair of taps][16][2] and points `c` there.
UK_INLINE UK_TARGET void uk_s16_pair_weights(uk_channels *c, uk_s16_pairs *pairs) {
  const size_t taps = uk_window_taps(c->window), pitch = c->tap_pitch;
  const int8_t *w = c->weights;
  c->weights = pairs;
  for (size_t block = 0; block < c->count; block += UK_CHANNEL_BLOCK) {
    const int8_t *w0 = w + uk_block_first(c, block);
    for (size_t tap = 0; tap < taps; tap += 2, w0 += 2 * pitch) {
      const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)w0));
      const __m256i second =
          tap + 1 < taps ? _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w0 + pitch)))
                         : _mm256_setzero_si256();
      *pairs++ = uk_s16_interleave(first, second);
    }
  }
}

/// The sums of 16 channels in order.
UK_INLINE UK_TARGET uk_s16_columns uk_s16_order(const __m256i *acc) {
  return (uk_s16_columns){{_mm256_permute2x128_si256(acc[0], acc[1], 0x20),
                           _mm256_permute2x128_si256(acc[0], acc[1], 0x31)}};
}

/// What all blocks of a call have in common.
typedef struct uk_s16_depthwise {
  uk_channels channels;
  const uk_requantize *output;
  const int32_t *bias;  // of every channel; NULL where sums may leave int32
} uk_s16_depthwise;

/// `count` channels of one output pixel from those of `block` on.
UK_INLINE UK_TARGET void uk_s16_dwconv_block(const uk_s16_depthwise *d, const size_t tap_count,
                                             const uint8_t *const *taps, int16_t *y, size_t block,
                                             const size_t count) {
  const uk_channels *c = &d->channels;
  const size_t first = uk_block_first(c, block), pairs = (tap_count + 1) / 2;
  const uk_s16_pairs *w = (const uk_s16_pairs *)c->weights + block / UK_CHANNEL_BLOCK * pairs;
  const int64_t *from = (const int64_t *)c->bias + first;
  _Alignas(64) int64_t moved[UK_CHANNEL_BLOCK];
  __m256i acc[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  for (size_t pair = 0; pair < pairs; ++pair) {
    if (pair != 0 && pair % UK_S16_GROUPS == 0) {
      uk_s16_spill(uk_s16_order(acc), from, moved);
      from = moved;
      for (int v = 0; v < 2; ++v) acc[v] = _mm256_setzero_si256();
    }
    const uk_s16_pairs x =
        uk_s16_interleave(uk_s16_channels(taps[2 * pair] + 2 * first, count),
                          uk_s16_channels(taps[2 * pair + 1] + 2 * first, count));
    for (int v = 0; v < 2; ++v) {
      acc[v] = _mm256_add_epi32(acc[v], _mm256_madd_epi16(x.v[v], w[pair].v[v]));
    }
  }
  const float *scale = (const float *)c->scale + first;
  if (d->bias != NULL) {
    uk_s16_store_narrow(uk_s16_order(acc), d->bias + first, scale, d->output, y + first, count);
  } else {
    uk_s16_store(uk_s16_order(acc), from, scale, d->output, y + first, count);
  }
}

/// An output row; `taps` is room for pointers to the taps and rows.
UK_INLINE UK_TARGET void uk_s16_dwconv_row(const uk_s16_depthwise *d, uint32_t row, int16_t *y,
                                           const uint8_t **taps, const size_t tap_count) {
  const uk_channels *c = &d->channels;
  const uint8_t **x_rows = taps + uk_round_up(tap_count, 2);
  uk_find_rows(c, row, x_rows);
  for (uint32_t pixel = 0; pixel < c->window->out_width; ++pixel, y += c->y_pixel) {
    uk_find_taps(c, x_rows, pixel, taps);
    if (tap_count % 2 != 0) taps[tap_count] = taps[tap_count - 1];
    if (c->count < UK_CHANNEL_BLOCK) {
      uk_s16_dwconv_block(d, tap_count, taps, y, 0, c->count);
      continue;
    }
    for (size_t block = 0; block < c->count; block += UK_CHANNEL_BLOCK) {
      uk_s16_dwconv_block(d, tap_count, taps, y, block, UK_CHANNEL_BLOCK);
    }
  }
}

UK_INLINE UK_TARGET void uk_s16_dwconv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                       void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t tap_count = uk_window_taps(&p->window);
  uk_s16_depthwise d = {
      .channels = uk_operand_channels(&p->window, operands, sizeof(int16_t)),
      .output = &p->output,
  };
  const size_t channels = uk_round_up(d.channels.count, UK_CHANNEL_BLOCK);
  int32_t *narrow =
      (int32_t *)((uint8_t *)scratch + uk_s8_dwconv_weight_bytes(&p->window, channels));
  void *pointers = narrow + channels;
  // So few taps are summed in one go, and fewer than UK_S16_NARROW_DEPTH.
  int fits = tap_count <= 2 * UK_S16_GROUPS;
  for (size_t block = 0; fits && block < channels; block += UK_CHANNEL_BLOCK) {
    fits = uk_s16_narrow((const int64_t *)d.channels.bias + block, narrow + block);
  }
  if (fits) d.bias = narrow;
  uk_s16_pair_weights(&d.channels, scratch);
  for (uint32_t row = begin; row < end; ++row) {
    int16_t *y = (int16_t *)uk_row(&operands[5], row);
    if (tap_count == 9) {
      uk_s16_dwconv_row(&d, row, y, pointers, 9);
    } else {
      uk_s16_dwconv_row(&d, row, y, pointers, tap_count);
    }
  }
}
