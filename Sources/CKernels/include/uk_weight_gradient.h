// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_WEIGHT_GRADIENT_H
#define THIMBLE_UK_WEIGHT_GRADIENT_H

// How the gradient of a layer's weights is shared, and the scratch that a call needs.
//
// f32_gemm_weight_gradient has uk_f32_gemm_transposed_parameters, f32_conv_weight_gradient a
// uk_window. Both give y[⌈columns / 16⌉][tap][k][16], the packed form of the weights, with 0 where
// no column is:
//
//     y[n][tap][k] = the sum of x · dy[pixel][n] over the output pixels, in order,
//
// x being channel k of the pixel's input under the tap, +0 where that is outside the image. It is
// summed by multiply-adds in sequence from +0 over blocks of 256 pixels, of which the last may have
// fewer; blocks are joined by the tree of f32_join_blocks. Of a matrix product, rows are pixels.

#include "uk_scratch.h"
#include "uk_training_parameters.h"

/// Elements of x, of all those under a window, that a kernel works on together.
#define UK_GRADIENT_DEPTH 16

/// The columns of a unit of the shared range, four panels.
#define UK_GRADIENT_COLUMNS 64

/// The most tiles of 16 · 16 sums whose blocks are joined at a time.
#define UK_GRADIENT_TILES 8

/// A matrix product's rows, as the pixels of one row of an image.
static inline uk_window uk_gemm_window(
    const uk_f32_gemm_transposed_parameters *_Nonnull parameters) {
  return (uk_window){
      .batch = 1,
      .in_height = 1,
      .in_width = parameters->rows,
      .in_channels = parameters->depth,
      .out_height = 1,
      .out_width = parameters->rows,
      .out_channels = parameters->columns,
      .kernel_height = 1,
      .kernel_width = 1,
      .stride_height = 1,
      .stride_width = 1,
      .dilation_height = 1,
      .dilation_width = 1,
  };
}

/// The elements under a window: `[tap][k]` of a column's weights.
static inline uint64_t uk_window_depth(const uk_window *_Nonnull window) {
  return uk_saturating_product(uk_window_taps(window), window->in_channels);
}

/// Elements of a unit: an eighth, so that threads can share small layers, up to a tile.
static inline uint64_t uk_gradient_unit_depth(uint64_t depth) {
  const uint64_t eighth = depth / 8 / 4 * 4;
  return eighth < 4 ? 4 : eighth > UK_GRADIENT_DEPTH ? UK_GRADIENT_DEPTH : eighth;
}

/// Units along the depth.
static inline uint64_t uk_gradient_depth_units(uint64_t depth) {
  const uint64_t unit = uk_gradient_unit_depth(depth);
  return depth / unit + (depth % unit != 0);
}

/// The extent of the range: those units in each block of 64 columns, block after block.
static inline uint64_t uk_conv_weight_gradient_units(const uk_window *_Nonnull window) {
  const uint64_t columns = window->out_channels;
  return uk_saturating_product(uk_gradient_depth_units(uk_window_depth(window)),
                               (columns + UK_GRADIENT_COLUMNS - 1) / UK_GRADIENT_COLUMNS);
}

static inline uint64_t uk_gemm_weight_gradient_units(
    const uk_f32_gemm_transposed_parameters *_Nonnull parameters) {
  const uk_window window = uk_gemm_window(parameters);
  return uk_conv_weight_gradient_units(&window);
}

/// Bytes of the inputs under a block's windows, copied side by side.
static inline uint64_t uk_gradient_copied_bytes(uint64_t pixels) {
  const uint64_t rows = pixels < UK_SUM_BLOCK_ROWS ? pixels : UK_SUM_BLOCK_ROWS;
  return rows * UK_GRADIENT_DEPTH * sizeof(float);
}

/// Sums of 16 elements and columns that wait to be joined at a time.
static inline uint64_t uk_gradient_tiles(const uk_window *_Nonnull window) {
  const uint64_t columns = window->out_channels;
  const uint64_t all = columns == 0 ? 1 : (columns + 15) / 16, most = UK_GRADIENT_COLUMNS / 16;
  const uint64_t panels = all < most ? all : most;
  const uint64_t tiles = uk_round_up(uk_window_depth(window), UK_GRADIENT_DEPTH) / 16;
  return tiles < UK_GRADIENT_TILES / panels ? tiles * panels : UK_GRADIENT_TILES;
}

/// The inputs of a block, and the sums that wait to be joined: some for each level of the tree.
static inline uint64_t uk_f32_conv_weight_gradient_scratch_bytes(
    const uk_window *_Nonnull window) {
  const uint64_t pixels = uk_window_pixels(window);
  const uint64_t blocks = pixels / UK_SUM_BLOCK_ROWS + (pixels % UK_SUM_BLOCK_ROWS != 0);
  const uint64_t levels = blocks < 2 ? 0 : 63 - (uint64_t)__builtin_clzll(blocks);
  const uint64_t sums = uk_gradient_tiles(window) * UK_GRADIENT_DEPTH * 16;
  return uk_gradient_copied_bytes(pixels) + levels * sums * sizeof(float);
}

static inline uint64_t uk_f32_gemm_weight_gradient_scratch_bytes(
    const uk_f32_gemm_transposed_parameters *_Nonnull parameters) {
  const uk_window window = uk_gemm_window(parameters);
  return uk_f32_conv_weight_gradient_scratch_bytes(&window);
}

#endif
