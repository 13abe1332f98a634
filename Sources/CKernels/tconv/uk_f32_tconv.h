// SPDX-License-Identifier: Apache-2.0
// uk_tconv.h in float32: x weights bias pad y.
#include "../support/uk_tile_scalar.h"
#include "uk_tconv_block.h"

/// The bias of the phase, clamped, in each pixel of a block.
static void uk_tconv_fill(const uk_arguments *arguments, const uk_tconv_block *b, float *to) {
  const uk_f32_window_parameters *p = arguments->parameters;
  const size_t channels = p->window.out_channels;
  const float *bias = (const float *)arguments->operands[2].data +
                      uk_tconv_number(&p->window, b) * uk_round_up(channels, UK_PANEL);
  const size_t pixels = (size_t)b->count * b->columns.count;
  for (size_t i = 0; i < pixels; ++i, to += channels) {
    for (size_t c = 0; c < channels; ++c) to[c] = uk_tile_clamp(bias[c], p->min, p->max);
  }
}

#define UK_HAS_FILL 1
#define UK_ELEMENT float
#define UK_GROUP 1
#define UK_PARAMETERS uk_f32_window_parameters
#define UK_COLUMN_OPERANDS 1
#include "uk_tconv.h"
