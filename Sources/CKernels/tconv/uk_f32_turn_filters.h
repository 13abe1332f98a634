// SPDX-License-Identifier: Apache-2.0
// The weights of a convolution, [⌈O/16⌉][tap][C][16], as those of the transposed convolution that
// carries gradients from its outputs to its inputs: of each phase (uk_tconv.h of the interface)
// [⌈C/16⌉][tap][O][16], zeros where the kernel has no tap and behind the last of C.
//
// Rows are blocks [O][16] of y, which does not overlap the weights. The including file defines
// UK_SYMBOL, UK_TARGET and uk_turn_tile.

#include <string.h>

#include "CKernels.h"

#define UK_TURN_PANEL ((size_t)16)

/// Where a block is: its panel of y, and the kernel tap of its weights.
typedef struct uk_turned_block {
  size_t panel;
  int64_t tap;  // negative: none
} uk_turned_block;

static inline uk_turned_block uk_find_turned(const uk_window *w, uint64_t block) {
  const uint64_t panels = uk_round_up(w->out_channels, UK_TURN_PANEL) / UK_TURN_PANEL;
  for (uint32_t i = 0; i < uk_tconv_row_phases(w); ++i) {
    const uk_tconv_phase rows = uk_tconv_rows(w, i);
    for (uint32_t j = 0; j < uk_tconv_column_phases(w); ++j) {
      const uk_tconv_phase columns = uk_tconv_columns(w, j);
      const uint64_t taps = (uint64_t)rows.taps * columns.taps;
      if (block >= panels * taps) {
        block -= panels * taps;
        continue;
      }
      const uint64_t index = block % taps;
      const int64_t y = uk_tconv_row_tap(w, rows, i, index / columns.taps);
      const int64_t x = uk_tconv_column_tap(w, columns, j, index % columns.taps);
      return (uk_turned_block){.panel = (size_t)(block / taps),
                               .tap = y < 0 || x < 0 ? -1 : y * w->kernel_width + x};
    }
  }
  return (uk_turned_block){.panel = 0, .tap = -1};
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_window *w = arguments->parameters;
  const float *x = (const float *)arguments->operands[0].data;
  const size_t outputs = w->in_channels, channels = w->out_channels;
  const size_t taps = (size_t)uk_window_taps(w);
  float *y = (float *)arguments->operands[1].data + begin * outputs * UK_TURN_PANEL;
  for (uint32_t i = begin; i < end; ++i) {
    const uk_turned_block block = uk_find_turned(w, i);
    if (block.tap < 0) {
      memset(y, 0, outputs * UK_TURN_PANEL * sizeof *y);
      y += outputs * UK_TURN_PANEL;
      continue;
    }
    const size_t first = block.panel * UK_TURN_PANEL, left = channels - first;
    const size_t rows = left < UK_TURN_PANEL ? left : UK_TURN_PANEL;
    for (size_t o = 0; o < outputs; o += UK_TURN_PANEL) {
      const size_t columns = outputs - o < UK_TURN_PANEL ? outputs - o : UK_TURN_PANEL;
      const size_t row = (o / UK_TURN_PANEL * taps + (size_t)block.tap) * channels + first;
      if (rows == UK_TURN_PANEL && columns == UK_TURN_PANEL) {
        uk_turn_tile(x + row * UK_TURN_PANEL, UK_TURN_PANEL, UK_TURN_PANEL, y);
      } else {
        uk_turn_tile(x + row * UK_TURN_PANEL, rows, columns, y);
      }
      y += columns * UK_TURN_PANEL;
    }
  }
}
