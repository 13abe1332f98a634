// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TCONV_H
#define THIMBLE_UK_TCONV_H

// A transposed convolution as plain ones. Kernels, compiler and verifier all ask here.
//
// In the `uk_window` of a transposed convolution, kernel tap k reads input position i for output
// position i·stride + k·dilation − pad. Output positions that are equal modulo the stride are a
// phase: they read their inputs under the same taps, so a phase is a convolution of stride 1 with a
// kernel of its own. Along each axis, position `phase + n·stride` reads the input positions
// `n + first` to `n + last`; the kernel tap for offset o is (phase + pad − o·stride) / dilation,
// and 0 where that is no tap.

#include "uk_scratch.h"

/// The largest stride of a transposed convolution, which keeps loops over phases short.
#define UK_TCONV_MAX_STRIDE 256

/// Output pixels of a phase that are worked on together: enough to make good use of the weights.
#define UK_TCONV_BLOCK_PIXELS 48

/// One phase along one axis.
typedef struct uk_tconv_phase {
  int32_t first;   // 0 or less: what a convolution calls the padding in front, negated
  uint32_t taps;   // at least 1
  uint32_t count;  // output positions
} uk_tconv_phase;

/// Phases along an axis that have an output position.
static inline uint32_t uk_tconv_phases(uint32_t out, uint32_t stride) {
  return out < stride ? out : stride;
}

static inline uk_tconv_phase uk_tconv_phase_of(uint32_t phase, uint32_t out, uint32_t kernel,
                                               uint32_t stride, uint32_t dilation, uint32_t pad) {
  // What the first kernel tap reads is the last input position.
  const int64_t back = (int64_t)phase + pad;
  const int64_t front = back - ((int64_t)kernel - 1) * dilation;
  const int64_t last = back / stride;
  int64_t first = front > 0 ? (front + stride - 1) / stride : -(-front / stride);
  if (first > last) first = last;
  if (first > 0) first = 0;
  return (uk_tconv_phase){
      .first = (int32_t)first,
      .taps = (uint32_t)(last - first + 1),
      .count = (out - phase + stride - 1) / stride,
  };
}

/// The kernel tap under tap `index` of a phase along an axis; negative: none.
static inline int64_t uk_tconv_tap(uk_tconv_phase p, uint64_t index, uint32_t phase,
                                   uint32_t kernel, uint32_t stride, uint32_t dilation,
                                   uint32_t pad) {
  const int64_t distance = (int64_t)phase + pad - (p.first + (int64_t)index) * stride;
  if (distance < 0 || distance % dilation != 0 || distance / dilation >= kernel) return -1;
  return distance / dilation;
}

static inline uk_tconv_phase uk_tconv_rows(const uk_window *_Nonnull w, uint32_t phase) {
  return uk_tconv_phase_of(phase, w->out_height, w->kernel_height, w->stride_height,
                           w->dilation_height, w->pad_top);
}

static inline uk_tconv_phase uk_tconv_columns(const uk_window *_Nonnull w, uint32_t phase) {
  return uk_tconv_phase_of(phase, w->out_width, w->kernel_width, w->stride_width,
                           w->dilation_width, w->pad_left);
}

static inline int64_t uk_tconv_row_tap(const uk_window *_Nonnull w, uk_tconv_phase rows,
                                       uint32_t phase, uint64_t index) {
  return uk_tconv_tap(rows, index, phase, w->kernel_height, w->stride_height, w->dilation_height,
                      w->pad_top);
}

static inline int64_t uk_tconv_column_tap(const uk_window *_Nonnull w, uk_tconv_phase columns,
                                          uint32_t phase, uint64_t index) {
  return uk_tconv_tap(columns, index, phase, w->kernel_width, w->stride_width, w->dilation_width,
                      w->pad_left);
}

static inline uint32_t uk_tconv_row_phases(const uk_window *_Nonnull w) {
  return uk_tconv_phases(w->out_height, w->stride_height);
}

static inline uint32_t uk_tconv_column_phases(const uk_window *_Nonnull w) {
  return uk_tconv_phases(w->out_width, w->stride_width);
}

/// Taps along the rows of all phases before `phase`.
static inline uint64_t uk_tconv_row_taps(const uk_window *_Nonnull w, uint32_t phase) {
  uint64_t taps = 0;
  for (uint32_t i = 0; i < phase; ++i) taps += uk_tconv_rows(w, i).taps;
  return taps;
}

static inline uint64_t uk_tconv_column_taps(const uk_window *_Nonnull w, uint32_t phase) {
  uint64_t taps = 0;
  for (uint32_t i = 0; i < phase; ++i) taps += uk_tconv_columns(w, i).taps;
  return taps;
}

/// The convolution that a phase along rows and a phase along columns are.
static inline uk_window uk_tconv_window(const uk_window *_Nonnull w, uk_tconv_phase rows,
                                        uk_tconv_phase columns) {
  uk_window phase = *w;
  phase.out_height = rows.count;
  phase.out_width = columns.count;
  phase.kernel_height = rows.taps;
  phase.kernel_width = columns.taps;
  phase.stride_height = phase.stride_width = 1;
  phase.dilation_height = phase.dilation_width = 1;
  phase.pad_top = (uint32_t)-rows.first;
  phase.pad_left = (uint32_t)-columns.first;
  return phase;
}

/// Rows of a phase that are computed together.
static inline uint32_t uk_tconv_block_rows(const uk_window *_Nonnull w) {
  const uint32_t width = uk_tconv_columns(w, 0).count;
  return width < UK_TCONV_BLOCK_PIXELS ? UK_TCONV_BLOCK_PIXELS / width : 1;
}

/// Whether there is one phase only: its convolution writes y as it stands.
static inline int uk_tconv_is_convolution(const uk_window *_Nonnull w) {
  return uk_tconv_row_phases(w) == 1 && uk_tconv_column_phases(w) == 1;
}

/// The output of a block of a phase, before its pixels go to their places.
static inline uint64_t uk_tconv_block_bytes(const uk_window *_Nonnull w, uint64_t element_bytes) {
  if (uk_tconv_is_convolution(w)) return 0;
  const uint64_t pixels = (uint64_t)uk_tconv_block_rows(w) * uk_tconv_columns(w, 0).count;
  const uint64_t elements = uk_saturating_product(pixels, w->out_channels);
  return uk_round_up(uk_saturating_product(elements, element_bytes), 64);
}

/// Sets `most` to the most scratch that `ask` says for any phase of `p`, a block of type TYPE.
#define UK_TCONV_MOST_SCRATCH(TYPE, p, ask, most)                                             \
  for (uint32_t i = 0; i < uk_tconv_row_phases(&(p)->window); ++i) {                          \
    for (uint32_t j = 0; j < uk_tconv_column_phases(&(p)->window); ++j) {                     \
      TYPE phase = *(p);                                                                      \
      phase.window = uk_tconv_window(&(p)->window, uk_tconv_rows(&(p)->window, i),            \
                                     uk_tconv_columns(&(p)->window, j));                      \
      const uint64_t asked = ask(&phase);                                                     \
      if (asked > most) most = asked;                                                         \
    }                                                                                         \
  }

/// A block, and behind it what a phase's convolution asks for.
static inline uint64_t uk_s8_tconv_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  uint64_t most = 0;
  UK_TCONV_MOST_SCRATCH(
      uk_s8_window_parameters, parameters, uk_s8_conv_requant_scratch_bytes, most)
  return uk_saturating_sum(uk_tconv_block_bytes(&parameters->window, 1), most);
}

static inline uint64_t uk_f32_tconv_clamp_scratch_bytes(
    const uk_f32_window_parameters *_Nonnull parameters) {
  uint64_t most = 0;
  UK_TCONV_MOST_SCRATCH(
      uk_f32_window_parameters, parameters, uk_f32_conv_clamp_scratch_bytes, most)
  return uk_saturating_sum(uk_tconv_block_bytes(&parameters->window, 4), most);
}

#endif
