// SPDX-License-Identifier: Apache-2.0
// A transposed convolution over NHWC: for each phase (uk_tconv.h of the interface) the convolution
// of the same instruction set, whose pixels then go to their places. Rows are output rows; y does
// not overlap x. Weights are the phases' packed weights one behind the other, phases along rows
// outer; biases, and scales in int8, are one padded row for each phase.
//
// The including file defines UK_SYMBOL and UK_CONVOLUTION, the kernel of a phase; its family
// defines UK_ELEMENT, UK_GROUP (elements along k packed together), UK_PARAMETERS,
// UK_COLUMN_OPERANDS, the per-column operands between weights and pad, and UK_HAS_FILL: whether a
// phase without a tap (a kernel is smaller than the stride) is filled by `uk_tconv_fill` instead of
// convolved with zeros.

#include <string.h>

#include "uk_tconv_block.h"

/// The convolution that computes a block to `to`.
static void uk_tconv_compute(const uk_arguments *arguments, uint32_t image,
                             const uk_tconv_block *b, UK_ELEMENT *to, void *scratch) {
  const UK_PARAMETERS *p = arguments->parameters;
  const uk_window *w = &p->window;
  UK_PARAMETERS parameters = *p;
  parameters.window = uk_tconv_window(w, b->rows, b->columns);
  uk_arguments phase = *arguments;
  phase.parameters = &parameters;
  const uint64_t padded = uk_round_up(w->out_channels, 16);
  const uint64_t tap_bytes =
      padded * uk_round_up(w->in_channels, UK_GROUP) * sizeof(UK_ELEMENT);
  const uint64_t all_columns = uk_tconv_column_taps(w, uk_tconv_column_phases(w));
  phase.operands[1].data += tap_bytes * (uk_tconv_row_taps(w, b->row_phase) * all_columns +
                                         b->rows.taps * uk_tconv_column_taps(w, b->column_phase));
  const uint64_t number = uk_tconv_number(w, b);
  for (int i = 0; i < UK_COLUMN_OPERANDS; ++i) phase.operands[2 + i].data += number * padded * 4;
  phase.operands[3 + UK_COLUMN_OPERANDS] = (uk_rows){
      .data = (uint8_t *)to,
      .row_bytes = (uint32_t)(b->columns.count * w->out_channels * sizeof(UK_ELEMENT)),
      .ring_rows = b->count,
  };
  const uint32_t row = image * b->rows.count + b->first;
  UK_CONVOLUTION(&phase, row, row + b->count, scratch);
}

/// Whether a phase has a kernel tap.
static int uk_tconv_has_tap(const uk_window *w, const uk_tconv_block *b) {
  int rows = 0, columns = 0;
  for (uint32_t i = 0; i < b->rows.taps; ++i) {
    rows |= uk_tconv_row_tap(w, b->rows, b->row_phase, i) >= 0;
  }
  for (uint32_t i = 0; i < b->columns.taps; ++i) {
    columns |= uk_tconv_column_tap(w, b->columns, b->column_phase, i) >= 0;
  }
  return rows && columns;
}

/// The convolution that is the only phase.
static void uk_tconv_convolve(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                              void *scratch) {
  UK_PARAMETERS parameters = *(const UK_PARAMETERS *)arguments->parameters;
  const uk_window *w = &parameters.window;
  uk_arguments phase = *arguments;
  phase.parameters = &parameters;
  phase.operands[3 + UK_COLUMN_OPERANDS].row_bytes =
      (uint32_t)(w->out_width * w->out_channels * sizeof(UK_ELEMENT));
  phase.operands[3 + UK_COLUMN_OPERANDS].ring_rows = w->batch * w->out_height;
  parameters.window = uk_tconv_window(w, uk_tconv_rows(w, 0), uk_tconv_columns(w, 0));
  UK_CONVOLUTION(&phase, begin, end, scratch);
}

/// Puts the pixels of a block in their places.
static void uk_tconv_place(const uk_window *w, uint32_t image, const uk_tconv_block *b,
                           const UK_ELEMENT *block, UK_ELEMENT *y) {
  const size_t channels = w->out_channels, row_elements = w->out_width * channels;
  const size_t from_pitch = b->columns.count * channels, step = w->stride_width * channels;
  const uint32_t first_row = image * b->rows.count + b->first;
  for (uint32_t r = 0; r < b->count; ++r) {
    const UK_ELEMENT *from = block + (first_row + r) % b->count * from_pitch;
    const size_t row = (size_t)image * w->out_height + b->row_phase +
                       (size_t)(b->first + r) * w->stride_height;
    UK_ELEMENT *to = y + row * row_elements + b->column_phase * channels;
    for (uint32_t i = 0; i < b->columns.count; ++i, from += channels, to += step) {
      memcpy(to, from, channels * sizeof(UK_ELEMENT));
    }
  }
}

void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  const uk_window *w = &((const UK_PARAMETERS *)arguments->parameters)->window;
  if (uk_tconv_is_convolution(w)) {
    uk_tconv_convolve(arguments, begin, end, scratch);
    return;
  }
  UK_ELEMENT *y = (UK_ELEMENT *)arguments->operands[3 + UK_COLUMN_OPERANDS].data;
  UK_ELEMENT *block = scratch;
  void *rest = (uint8_t *)scratch + uk_tconv_block_bytes(w, sizeof(UK_ELEMENT));
  const uint32_t stride = w->stride_height, block_rows = uk_tconv_block_rows(w);
  while (begin < end) {
    const uint32_t image = begin / w->out_height, top = begin % w->out_height;
    const uint32_t bottom =
        end - begin < w->out_height - top ? top + (end - begin) : w->out_height;
    for (uint32_t i = 0; i < uk_tconv_row_phases(w); ++i) {
      uk_tconv_block b = {.row_phase = i, .rows = uk_tconv_rows(w, i)};
      const uint32_t from = top > i ? (top - i + stride - 1) / stride : 0;
      const uint32_t to = bottom > i ? (bottom - i + stride - 1) / stride : 0;
      for (b.first = from; b.first < to; b.first += b.count) {
        b.count = to - b.first < block_rows ? to - b.first : block_rows;
        for (b.column_phase = 0; b.column_phase < uk_tconv_column_phases(w); ++b.column_phase) {
          b.columns = uk_tconv_columns(w, b.column_phase);
          if (UK_HAS_FILL && !uk_tconv_has_tap(w, &b)) {
            uk_tconv_fill(arguments, &b, block);
          } else {
            uk_tconv_compute(arguments, image, &b, block, rest);
          }
          uk_tconv_place(w, image, &b, block, y);
        }
      }
    }
    begin += bottom - top;
  }
}
