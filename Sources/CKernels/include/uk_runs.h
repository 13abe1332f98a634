// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_RUNS_H
#define THIMBLE_UK_RUNS_H

// A convolution of few channels whose weights are packed by runs. Kernels, compiler and verifier
// all ask here.
//
// Without dilation, the pixels under one row of the kernel are neighbours: a run of kernel_width ·
// in_channels elements. A run is packed as one tap, so that only its end, and not each of its
// pixels, is filled up to a whole group of 4. Kernels read runs from padded copies of input rows.

#include "uk_scratch.h"

/// Output pixels that rows of a narrow image are worked on together for.
#define UK_RUNS_PIXELS 32

/// What is packed as one tap.
static inline uint64_t uk_run_elements(const uk_window *_Nonnull window) {
  return (uint64_t)window->kernel_width * window->in_channels;
}

/// The most output rows that are worked on together.
static inline uint32_t uk_runs_rows(const uk_window *_Nonnull window) {
  uint32_t width = window->out_width == 0 ? 1 : window->out_width;
  uint32_t rows = width < UK_RUNS_PIXELS ? UK_RUNS_PIXELS / width : 1;
  return rows < window->out_height ? rows : window->out_height;
}

/// The most output pixels of them.
static inline uint32_t uk_runs_pixels(const uk_window *_Nonnull window) {
  return uk_s8_block_rows(uk_saturating_product(window->kernel_height, 8));
}

/// An input row from the beginning of the first run to the end of the last, which is filled up.
static inline uint64_t uk_runs_row_bytes(const uk_window *_Nonnull window) {
  uint64_t right = window->out_width == 0 ? 0 : window->out_width - 1;
  uint64_t last = uk_saturating_product(right * window->stride_width, window->in_channels);
  uint64_t run = uk_round_up(uk_run_elements(window), 4);
  return uk_round_up(uk_saturating_sum(last, run), 4);
}

/// The input rows under the output rows.
static inline uint64_t uk_runs_input_rows(const uk_window *_Nonnull window, uint64_t rows) {
  return uk_saturating_sum(
      uk_saturating_product(rows == 0 ? 0 : rows - 1, window->stride_height),
      window->kernel_height);
}

/// Where runs begin within a group of 4, counted: kernels that widen groups to int16 copy a row for
/// each.
static inline uint32_t uk_runs_alignments(const uk_window *_Nonnull window) {
  uint32_t step = window->stride_width * window->in_channels;
  return step % 4 == 0 ? 1 : step % 2 == 0 ? 2 : 4;
}

/// Room for one padded row, as kernels of so many steps read it; see `uk_s8_conv_pads_rows`.
static inline uint64_t uk_runs_padded_bytes(const uk_window *_Nonnull window, uint32_t steps) {
  uint64_t copies = steps == 1 ? 1 : 2 * uk_runs_alignments(window);
  return uk_saturating_product(uk_runs_row_bytes(window), copies);
}

/// A vector may be read from where the last run begins.
#define UK_RUNS_SLACK 32

/// Padded rows, and one more to work in.
static inline uint64_t uk_runs_copied_bytes(const uk_window *_Nonnull window) {
  uint64_t rows = uk_runs_input_rows(window, uk_runs_rows(window));
  uint64_t padded = uk_saturating_product(rows, uk_runs_padded_bytes(window, 2));
  uint64_t copied = uk_saturating_sum(padded, uk_runs_row_bytes(window));
  return uk_round_up(uk_saturating_sum(copied, UK_RUNS_SLACK), 8);
}

/// These, and of each output pixel a pointer per run.
static inline uint64_t uk_s8_conv_runs_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  uint64_t span = uk_saturating_product(uk_runs_rows(window), window->out_width);
  uint64_t most = uk_runs_pixels(window);
  uint64_t pointers =
      uk_saturating_product(8 * (span < most ? span : most), window->kernel_height);
  return uk_saturating_sum(uk_runs_copied_bytes(window), pointers);
}

#endif
