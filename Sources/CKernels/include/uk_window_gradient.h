// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_WINDOW_GRADIENT_H
#define THIMBLE_UK_WINDOW_GRADIENT_H

// The gradients of what slides over each channel by itself, and of a gather: how they are shared,
// and the scratch that a call needs. "muladd" is a multiply-add as the contract's float class
// rounds it.
//
// f32_maxpool_gradient has the uk_window of f32_maxpool_clamp, without clamp. The gradient of each
// output goes to the first tap, kernel row by kernel row, that equals the window's maximum; to none
// where all are NaN. What an input gets from several windows is added in the order of the outputs,
// from +0. Threads share the input rows of all images.
//
// f32_dwconv_weight_gradient has the uk_window of the layer:
//
//     y[tap][c] = the sum of x · dy[pixel][c] over the output pixels, in order,
//
// x being channel c of the pixel's input under the tap; pixels whose input is outside the image are
// left out. It is summed by muladd from +0 over blocks of 256 pixels, left out or not, and blocks
// are joined by the tree of f32_join_blocks. Channels are padded to 16 with 0. Threads share the
// kernel rows of each block of 16 channels.
//
// f32_dwconv_input_gradient has the uk_window of the layer too. From +0, tap by tap,
//
//     dx[row][column][c] = muladd(dy[output row][output column][c], weights[tap][c], ·)
//
// where the tap of an output pixel meets that input. Threads share the input rows of all images.
//
// f32_gather_gradient has the uk_gather_parameters of a gather of float32: dx[o, index, :] is the
// sum of those dy[o, i, :] whose index it is, in order, from +0. Threads share the rows
// (o, index).

#include "uk_scratch.h"
#include "uk_training_parameters.h"

/// Blocks of 16 channels whose sums are made together, so that whole lines of memory are read.
#define UK_GRADIENT_BLOCKS 4

/// The extent of the range of f32_dwconv_weight_gradient.
static inline uint64_t uk_dwconv_weight_gradient_units(const uk_window *_Nonnull window) {
  const uint64_t channels = uk_round_up(window->in_channels, UK_CHANNEL_BLOCK);
  return uk_saturating_product(channels / UK_CHANNEL_BLOCK, window->kernel_height);
}

/// Channels, padded, whose sums are made together.
static inline uint64_t uk_gradient_channels(const uk_window *_Nonnull window) {
  const uint64_t all = uk_round_up(window->in_channels, UK_CHANNEL_BLOCK);
  const uint64_t most = UK_GRADIENT_BLOCKS * UK_CHANNEL_BLOCK;
  return all < most ? all : most;
}

/// The sums that wait to be joined: some for each level of the tree.
static inline uint64_t uk_f32_dwconv_weight_gradient_scratch_bytes(
    const uk_window *_Nonnull window) {
  const uint64_t pixels = uk_window_pixels(window);
  const uint64_t blocks = pixels / UK_SUM_BLOCK_ROWS + (pixels % UK_SUM_BLOCK_ROWS != 0);
  const uint64_t levels = blocks < 2 ? 0 : 63 - (uint64_t)__builtin_clzll(blocks);
  return uk_saturating_product(uk_window_taps(window),
                               levels * uk_gradient_channels(window) * sizeof(float));
}

#endif
