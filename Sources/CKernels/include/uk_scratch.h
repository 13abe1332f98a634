// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_SCRATCH_H
#define THIMBLE_UK_SCRATCH_H

// The scratch that one call of a matrix kernel needs, in bytes, from its parameters alone. Kernels,
// compiler and verifier all ask here. Total: any field values give an answer, and what does not fit
// in 64 bits saturates to UINT64_MAX.

#include "uk_parameters.h"

/// Rows of the tallest tile of any matrix kernel.
#define UK_TILE_ROWS 8

/// The most rows that a matrix kernel prepares at once; it passes once over the weights per block.
#define UK_BLOCK_ROWS 48

/// What a block tries to stay within: most of a first-level data cache of 32 KiB.
#define UK_BLOCK_BYTES 24576

/// The most rows that an int8 matrix kernel works on together.
#define UK_S8_ROWS 128

/// A matrix product of fewer rows than this is bound by reading its weights: threads share those,
/// block by block of columns.
#define UK_FEW_ROWS 8
#define UK_COLUMN_BLOCK 64

/// Products of fewer rows expand stored weights in registers: once for each row.
#define UK_STORED_ROWS 4

/// Weights of int4 that share a scale: so many neighbours along the depth.
#define UK_INT4_GROUP 32

/// Channels that a depthwise kernel works on together.
#define UK_CHANNEL_BLOCK 16

/// Hidden units of one block of a recurrent layer's packed weights.
#define UK_UNITS 16

static inline uint64_t uk_saturating_product(uint64_t a, uint64_t b) {
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static inline uint64_t uk_saturating_sum(uint64_t a, uint64_t b) {
  uint64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/// `count` rounded up to a multiple of `unit`, a power of two.
static inline uint64_t uk_round_up(uint64_t count, uint64_t unit) {
  return uk_saturating_sum(count, unit - 1) & ~(unit - 1);
}

/// Whether the range of a matrix product's call counts blocks of columns, and not rows.
static inline int uk_gemm_is_by_columns(uint32_t rows) { return rows < UK_FEW_ROWS; }

/// The extent of a matrix product's range.
static inline uint32_t uk_gemm_units(uint32_t rows, uint32_t columns) {
  if (!uk_gemm_is_by_columns(rows)) return rows;
  return columns / UK_COLUMN_BLOCK + (columns % UK_COLUMN_BLOCK != 0);
}

static inline uint64_t uk_window_taps(const uk_window *_Nonnull window) {
  return (uint64_t)window->kernel_height * window->kernel_width;
}

/// Rows in a block when each row takes `row_bytes` of scratch.
static inline uint32_t uk_block_rows(uint64_t row_bytes) {
  if (row_bytes > UK_BLOCK_BYTES / UK_TILE_ROWS) return UK_TILE_ROWS;
  if (row_bytes < UK_BLOCK_BYTES / UK_BLOCK_ROWS) return UK_BLOCK_ROWS;
  return (uint32_t)(UK_BLOCK_BYTES / row_bytes);
}

/// The first of the fewest blocks of at most `most` rows that share `rest` rows evenly.
static inline uint32_t uk_even_block(uint64_t rest, uint32_t most) {
  uint64_t blocks = rest / most + (rest % most != 0);
  return blocks == 0 ? 0 : (uint32_t)((rest + blocks - 1) / blocks);
}

/// The most rows that an int8 matrix kernel works on together where they are, of `row_bytes` each:
/// no more than the cache holds.
static inline uint32_t uk_s8_block_rows(uint64_t row_bytes) {
  uint64_t rows = UK_BLOCK_BYTES / (row_bytes == 0 ? 1 : row_bytes);
  return rows < 24 ? 24 : rows > UK_S8_ROWS ? UK_S8_ROWS : (uint32_t)rows;
}

static inline uint64_t uk_block_bytes(uint64_t rows, uint64_t row_bytes) {
  uint64_t block = uk_block_rows(row_bytes);
  return uk_saturating_product(rows < block ? rows : block, row_bytes);
}

static inline uint64_t uk_window_pixels(const uk_window *_Nonnull window) {
  uint64_t rows = (uint64_t)window->batch * window->out_height;
  return uk_saturating_product(rows, window->out_width);
}

/// A row of `a`, widened to int16.
static inline uint64_t uk_s8_gemm_row_bytes(
    const uk_s8_gemm_parameters *_Nonnull parameters) {
  return 2 * uk_round_up(parameters->depth, 4);
}

static inline uint64_t uk_s8_gemm_requant_scratch_bytes(
    const uk_s8_gemm_parameters *_Nonnull parameters) {
  return uk_block_bytes(parameters->rows, uk_s8_gemm_row_bytes(parameters));
}

/// The most rows that an int16 kernel multiplies together.
#define UK_S16_ROWS 24

static inline uint64_t uk_s16_conv_pixels(const uk_window *_Nonnull window) {
  uint64_t pixels = uk_window_pixels(window);
  return pixels < UK_S16_ROWS ? pixels : UK_S16_ROWS;
}

/// Of each output pixel a pointer per tap, and what the tap has behind whole groups of channels.
static inline uint64_t uk_s16_conv_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  uint64_t words = window->in_channels % 4 != 0 ? 2 : 1;
  return uk_saturating_product(
      uk_window_taps(window), 8 * words * uk_s16_conv_pixels(window));
}

/// Rows that a dynamically quantised product quantises at a time.
static inline uint64_t uk_dynamic_rows(const uk_f32_gemm_parameters *_Nonnull parameters) {
  uint64_t rows = uk_s8_block_rows(parameters->depth);
  return rows < parameters->rows ? rows : parameters->rows;
}

/// Their scales and bytes, and what the int8 product takes.
static inline uint64_t uk_f32_s8_gemm_dynamic_scratch_bytes(
    const uk_f32_gemm_parameters *_Nonnull parameters) {
  uint64_t rows = uk_dynamic_rows(parameters);
  const uk_s8_gemm_parameters product = {.rows = (uint32_t)rows, .depth = parameters->depth};
  return uk_round_up(rows * (4 + (uint64_t)parameters->depth), 64)
         + uk_s8_gemm_requant_scratch_bytes(&product);
}

/// The input of one output pixel, tap after tap, widened to int16.
static inline uint64_t uk_s8_conv_row_bytes(const uk_window *_Nonnull window) {
  return uk_saturating_product(uk_window_taps(window), 2 * uk_round_up(window->in_channels, 4));
}

// An int8 convolution reads the elements of a tap in groups of 4: in one step where the CPU has a
// dot product of bytes, otherwise in two, from int16.

/// Whether kernels of so many steps copy input rows, padded to whole groups of channels and to
/// where the windows begin and end. Few channels are read faster when a kernel row is one tap.
static inline int uk_s8_conv_pads_rows(const uk_window *_Nonnull window, uint32_t steps) {
  if (steps == 1 && window->in_channels % 4 != 0) return 1;
  return window->in_channels <= 16 && window->kernel_width > 1 && window->dilation_width == 1;
}

/// An input row from the first to the last column that a window touches.
static inline uint64_t uk_s8_conv_padded_row_bytes(const uk_window *_Nonnull window) {
  uint64_t right = window->out_width == 0 ? 0 : window->out_width - 1;
  uint64_t reach = window->kernel_width == 0 ? 0 : window->kernel_width - 1;
  uint64_t columns = uk_saturating_sum(
      right * window->stride_width + 1, reach * window->dilation_width);
  return uk_saturating_product(columns, uk_round_up(window->in_channels, 4));
}

/// What they point to for each output pixel.
static inline uint64_t uk_s8_conv_taps(const uk_window *_Nonnull window, uint32_t steps) {
  if (uk_s8_conv_pads_rows(window, steps) && window->dilation_width == 1) {
    return window->kernel_height;
  }
  return steps == 1 ? uk_window_taps(window) : 1;
}

/// The most output pixels that they work on together.
static inline uint32_t uk_s8_conv_pixels(const uk_window *_Nonnull window, uint32_t steps) {
  if (steps == 2 && !uk_s8_conv_pads_rows(window, steps)) {
    return uk_block_rows(uk_s8_conv_row_bytes(window));
  }
  return uk_s8_block_rows(uk_saturating_product(uk_s8_conv_taps(window, steps), 8));
}

/// What they copy: a padded row per kernel row, and one more to work in; or pixels, tap after tap.
static inline uint64_t uk_s8_conv_copied_bytes(const uk_window *_Nonnull window, uint32_t steps) {
  if (uk_s8_conv_pads_rows(window, steps)) {
    uint64_t rows = (uint64_t)window->kernel_height * steps + 1;
    return uk_round_up(uk_saturating_product(uk_s8_conv_padded_row_bytes(window), rows), 8);
  }
  return steps == 1 ? 0 : uk_block_bytes(uk_window_pixels(window), uk_s8_conv_row_bytes(window));
}

static inline uint64_t uk_s8_conv_bytes(const uk_window *_Nonnull window, uint32_t steps) {
  uint64_t span =
      uk_s8_conv_pads_rows(window, steps) ? window->out_width : uk_window_pixels(window);
  uint64_t most = uk_s8_conv_pixels(window, steps);
  uint64_t pointers = uk_saturating_product(
      8 * (span < most ? span : most), uk_s8_conv_taps(window, steps));
  return uk_saturating_sum(uk_s8_conv_copied_bytes(window, steps), pointers);
}

static inline uint64_t uk_s8_conv_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  uint64_t dot = uk_s8_conv_bytes(&parameters->window, 1);
  uint64_t pairs = uk_s8_conv_bytes(&parameters->window, 2);
  return dot > pairs ? dot : pairs;
}

/// A kernel row of no more elements is summed as one tap when its pixels are neighbours: on its own
/// each of them is too short a sum to be worth a pointer.
#define UK_JOINED_ELEMENTS 32

static inline int uk_f32_conv_joins_taps(const uk_window *_Nonnull window) {
  uint64_t elements = (uint64_t)window->kernel_width * window->in_channels;
  return window->dilation_width == 1 && elements <= UK_JOINED_ELEMENTS;
}

/// Of one output pixel, a pointer per tap; or a pointer per kernel row, and a copy of its inputs.
static inline uint64_t uk_f32_conv_row_bytes(const uk_window *_Nonnull window) {
  if (!uk_f32_conv_joins_taps(window)) return uk_saturating_product(uk_window_taps(window), 8);
  uint64_t elements = (uint64_t)window->kernel_width * window->in_channels;
  return window->kernel_height * (8 + 4 * elements);
}

static inline uint64_t uk_f32_conv_clamp_scratch_bytes(
    const uk_f32_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  return uk_block_bytes(uk_window_pixels(window), uk_f32_conv_row_bytes(window));
}

/// A pointer per tap, an even number of them, and one per kernel row.
static inline uint64_t uk_dwconv_pointer_bytes(const uk_window *_Nonnull window) {
  uint64_t taps = uk_round_up(uk_window_taps(window), 2);
  uint64_t pointers = uk_saturating_sum(taps, window->kernel_height);
  return uk_saturating_product(uk_round_up(pointers, 8), 8);
}

/// The weights of `channels`, widened to int16 and paired tap by tap.
static inline uint64_t uk_s8_dwconv_weight_bytes(
    const uk_window *_Nonnull window, uint64_t channels) {
  uint64_t columns = uk_round_up(channels, UK_CHANNEL_BLOCK);
  return uk_saturating_product(uk_round_up(uk_window_taps(window), 2), 2 * columns);
}

/// Input rows that an in-place depthwise convolution still needs when it writes one row, or two,
/// over them.
static inline uint64_t uk_dwconv_inplace_ring_rows(const uk_window *_Nonnull window) {
  uint64_t below = window->kernel_height == 0 ? 0 : window->kernel_height - 1;
  uint64_t span = uk_saturating_product(below, window->dilation_height);
  uint64_t above = (uint64_t)window->pad_top + 1;
  uint64_t rows = uk_saturating_sum(span > above ? span : above, 1);
  return rows < window->in_height ? rows : window->in_height;
}

/// Channels that an in-place depthwise convolution works on together: a cache line of a pixel.
static inline uint64_t uk_dwconv_inplace_channels(
    const uk_window *_Nonnull window, uint64_t element_bytes) {
  uint64_t channels = uk_round_up(window->in_channels, UK_CHANNEL_BLOCK);
  uint64_t most = 64 / element_bytes;
  return channels < most ? channels : most;
}

static inline uint64_t uk_dwconv_inplace_ring_bytes(
    const uk_window *_Nonnull window, uint64_t element_bytes) {
  uint64_t channels = uk_dwconv_inplace_channels(window, element_bytes);
  uint64_t row_bytes = channels * element_bytes * window->in_width;
  return uk_round_up(
      uk_saturating_product(uk_dwconv_inplace_ring_rows(window), row_bytes), 64);
}

static inline uint64_t uk_s8_dwconv_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  return uk_saturating_sum(
      uk_dwconv_pointer_bytes(window), uk_s8_dwconv_weight_bytes(window, window->in_channels));
}

/// The same, and biases of 32 bits.
static inline uint64_t uk_s16_dwconv_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  uint64_t channels = uk_round_up(parameters->window.in_channels, UK_CHANNEL_BLOCK);
  return uk_saturating_sum(uk_s8_dwconv_requant_scratch_bytes(parameters), 4 * channels);
}

static inline uint64_t uk_s8_dwconv_inplace_requant_scratch_bytes(
    const uk_s8_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  uint64_t row_bytes = uk_saturating_sum(
      uk_dwconv_pointer_bytes(window),
      uk_s8_dwconv_weight_bytes(window, uk_dwconv_inplace_channels(window, 1)));
  return uk_saturating_sum(row_bytes, uk_dwconv_inplace_ring_bytes(window, 1));
}

static inline uint64_t uk_f32_dwconv_clamp_scratch_bytes(
    const uk_f32_window_parameters *_Nonnull parameters) {
  return uk_dwconv_pointer_bytes(&parameters->window);
}

/// For each box its corners, its number and its score; for each detection a box, a class, a score.
static inline uint64_t uk_f32_detections_scratch_bytes(
    const uk_detection_parameters *_Nonnull parameters) {
  return 24 * (uint64_t)parameters->boxes + 12 * (uint64_t)parameters->detections;
}

static inline uint64_t uk_f32_dwconv_inplace_clamp_scratch_bytes(
    const uk_f32_window_parameters *_Nonnull parameters) {
  const uk_window *window = &parameters->window;
  return uk_saturating_sum(
      uk_dwconv_pointer_bytes(window), uk_dwconv_inplace_ring_bytes(window, 4));
}

/// Cell state, hidden state and the next one of one sequence.
static inline uint64_t uk_f32_lstm_scratch_bytes(const uk_lstm *_Nonnull parameters) {
  return 3 * 4 * uk_round_up(parameters->hidden, UK_UNITS);
}

/// Hidden state and the next one of one sequence, and what waits for all its resets.
static inline uint64_t uk_f32_gru_scratch_bytes(const uk_gru *_Nonnull parameters) {
  return (parameters->resets_after ? 2 : 5) * 4 * uk_round_up(parameters->hidden, UK_UNITS);
}

/// Cell state and hidden state of one sequence, and x and h widened to int16.
static inline uint64_t uk_s8_lstm_scratch_bytes(
    const uk_s8_lstm_parameters *_Nonnull parameters) {
  const uk_lstm *shape = &parameters->shape;
  uint64_t wide = uk_round_up(shape->input, 4) + uk_round_up(shape->hidden, 4);
  return 5 * uk_round_up(shape->hidden, UK_UNITS) + 2 * wide;
}

/// The most columns and rows of a matrix that a kernel packs at a time; multiples of 16.
#define UK_PACK_COLUMNS 64
#define UK_PACK_DEPTH 256

/// Room for a packed piece of a matrix of `depth` rows and `columns` columns.
static inline uint64_t uk_packed_elements(uint64_t depth, uint64_t columns) {
  uint64_t width = columns < UK_PACK_COLUMNS ? uk_round_up(columns, 16) : UK_PACK_COLUMNS;
  return width * (depth < UK_PACK_DEPTH ? depth : UK_PACK_DEPTH);
}

/// A piece of the right side.
static inline uint64_t uk_f32_matmul_scratch_bytes(
    const uk_f32_matmul_parameters *_Nonnull parameters) {
  return 4 * uk_packed_elements(parameters->depth, parameters->columns);
}

/// A piece of stored weights in float32. Few rows are multiplied from where the weights are.
static inline uint64_t uk_f32_stored_gemm_scratch_bytes(
    const uk_f32_gemm_parameters *_Nonnull parameters) {
  if (parameters->rows < UK_STORED_ROWS) return 0;
  return 4 * uk_packed_elements(parameters->depth, parameters->columns);
}

/// What the columns that an int8 kernel packs at a time try to stay within, and the most of them.
#define UK_S8_PACK_BYTES 32768
#define UK_S8_PACK_COLUMNS 512

/// Columns of the right side that an int8 kernel packs at a time; a multiple of 16, of 64 where
/// there is room for so many.
static inline uint32_t uk_s8_matmul_columns(
    const uk_s8_matmul_parameters *_Nonnull parameters) {
  uint64_t depth = uk_round_up(parameters->shape.depth, 4);
  uint64_t room = UK_S8_PACK_BYTES / (depth == 0 ? 1 : depth);
  uint64_t most = room < 16 ? 16 : room & ~(uint64_t)(room < 64 ? 15 : 63);
  uint64_t columns = uk_round_up(parameters->shape.columns, 16);
  if (most > UK_S8_PACK_COLUMNS) most = UK_S8_PACK_COLUMNS;
  return (uint32_t)(columns < most ? columns : most);
}

/// These columns packed, each with its bias and its scale; and rows of the left side, as in
/// s8_gemm_requant.
static inline uint64_t uk_s8_matmul_requant_scratch_bytes(
    const uk_s8_matmul_parameters *_Nonnull parameters) {
  const uk_s8_gemm_parameters product = {
      .rows = parameters->shape.rows, .depth = parameters->shape.depth};
  uint64_t column_bytes = uk_round_up(parameters->shape.depth, 4) + 8;
  return uk_s8_matmul_columns(parameters) * column_bytes
         + uk_s8_gemm_requant_scratch_bytes(&product);
}

/// A piece of the weights, packed the other way.
static inline uint64_t uk_f32_gemm_transposed_scratch_bytes(
    const uk_f32_gemm_transposed_parameters *_Nonnull parameters) {
  return 4 * uk_packed_elements(parameters->columns, parameters->depth);
}

/// What the scores of a block of query rows try to stay within.
#define UK_ATTENTION_BLOCK_BYTES 65536

/// A piece of the keys or of the values.
static inline uint64_t uk_attention_panel_elements(
    const uk_f32_attention_parameters *_Nonnull parameters) {
  uint64_t keys = uk_packed_elements(parameters->depth, parameters->keys);
  uint64_t values = uk_packed_elements(parameters->keys, parameters->value_depth);
  return keys > values ? keys : values;
}

/// Query rows whose scores are in scratch together.
static inline uint64_t uk_attention_block_rows(
    const uk_f32_attention_parameters *_Nonnull parameters) {
  uint64_t row_bytes = 4 * uk_round_up(parameters->keys, 16);
  uint64_t rows = UK_ATTENTION_BLOCK_BYTES / (row_bytes == 0 ? 1 : row_bytes);
  if (rows < UK_TILE_ROWS) rows = UK_TILE_ROWS;
  return rows < parameters->rows ? rows : parameters->rows;
}

static inline uint64_t uk_f32_attention_scratch_bytes(
    const uk_f32_attention_parameters *_Nonnull parameters) {
  uint64_t row_bytes = 4 * uk_round_up(parameters->keys, 16);
  uint64_t scores = uk_saturating_product(uk_attention_block_rows(parameters), row_bytes);
  return uk_saturating_sum(4 * uk_attention_panel_elements(parameters), scores);
}

#endif
