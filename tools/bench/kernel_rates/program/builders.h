// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_BENCH_BUILDERS_H
#define THIMBLE_BENCH_BUILDERS_H

// The builders of families.c, and what those of sliding windows share.

#include "bench.h"

// Products, convolutions, recurrent layers: products.c
void build_s8_gemm(bench_case *c, const uint32_t *n);
void build_s8_gemm_add(bench_case *c, const uint32_t *n);
void build_f32_gemm(bench_case *c, const uint32_t *n);
void build_f32_gemm_add(bench_case *c, const uint32_t *n);
void build_f32_gemm_transposed(bench_case *c, const uint32_t *n);
void build_s8_conv(bench_case *c, const uint32_t *n);
void build_s8_conv_add(bench_case *c, const uint32_t *n);
void build_f32_conv(bench_case *c, const uint32_t *n);
void build_s8_conv_runs(bench_case *c, const uint32_t *n);
void build_f32_stem(bench_case *c, const uint32_t *n);
void build_f32_conv_add(bench_case *c, const uint32_t *n);
void build_s8_matmul(bench_case *c, const uint32_t *n);
void build_f32_matmul(bench_case *c, const uint32_t *n);
void build_f32_attention(bench_case *c, const uint32_t *n);
void build_f32_lstm(bench_case *c, const uint32_t *n);
void build_s8_lstm(bench_case *c, const uint32_t *n);
void build_f32_gru(bench_case *c, const uint32_t *n);

// Products of float32 rows with weights of other types: stored.c
void build_f32_s8_gemm_dynamic(bench_case *c, const uint32_t *n);
void build_f32_w8_gemm(bench_case *c, const uint32_t *n);
void build_f32_w4_gemm(bench_case *c, const uint32_t *n);
void build_f32_w16_gemm(bench_case *c, const uint32_t *n);

// int16 activations: wide.c
void build_s16_gemm(bench_case *c, const uint32_t *n);
void build_s16_conv(bench_case *c, const uint32_t *n);
void build_s16_dwconv(bench_case *c, const uint32_t *n);
void build_s16_pool(bench_case *c, const uint32_t *n);
void build_s16_binary(bench_case *c, const uint32_t *n);
void build_s16_quantize(bench_case *c, const uint32_t *n);
void build_s16_dequantize(bench_case *c, const uint32_t *n);
void build_s8_s16_requantize(bench_case *c, const uint32_t *n);
void build_s16_s8_requantize(bench_case *c, const uint32_t *n);
void build_s16_requantize(bench_case *c, const uint32_t *n);

// Gradients of weights: weight_gradients.c
void build_f32_gemm_weight_gradient(bench_case *c, const uint32_t *n);
void build_f32_conv_weight_gradient(bench_case *c, const uint32_t *n);

// Gradients of windows over each channel, and of a gather: window_gradients.c
void build_f32_dwconv_weight_gradient(bench_case *c, const uint32_t *n);
void build_f32_dwconv_input_gradient(bench_case *c, const uint32_t *n);
void build_maxpool_gradient(bench_case *c, const uint32_t *n);
void build_gather_gradient(bench_case *c, const uint32_t *n);

// Transposed convolutions: transposed.c
void build_s8_tconv(bench_case *c, const uint32_t *n);
void build_f32_tconv(bench_case *c, const uint32_t *n);
void build_f32_turn_filters(bench_case *c, const uint32_t *n);

// What only training does with elements and rows: training.c
void build_block_sums(bench_case *c, const uint32_t *n);
void build_block_products(bench_case *c, const uint32_t *n);
void build_block_squares(bench_case *c, const uint32_t *n);
void build_join_blocks(bench_case *c, const uint32_t *n);
void build_blend(bench_case *c, const uint32_t *n);
void build_descend(bench_case *c, const uint32_t *n);
void build_descend_scaled(bench_case *c, const uint32_t *n);
void build_affine_pair(bench_case *c, const uint32_t *n);
void build_clamp_gradient(bench_case *c, const uint32_t *n);
void build_map_gradient(bench_case *c, const uint32_t *n);
void build_dropout(bench_case *c, const uint32_t *n);
void build_normalize_gradient(bench_case *c, const uint32_t *n);
void build_softmax_gradient(bench_case *c, const uint32_t *n);

// Windows over each channel, and resizing: windows.c
void build_s8_dwconv(bench_case *c, const uint32_t *n);
void build_s8_dwconv_inplace(bench_case *c, const uint32_t *n);
void build_f32_dwconv(bench_case *c, const uint32_t *n);
void build_f32_dwconv_inplace(bench_case *c, const uint32_t *n);
void build_s8_pool(bench_case *c, const uint32_t *n);
void build_f32_pool(bench_case *c, const uint32_t *n);
void build_s8_resize_bilinear(bench_case *c, const uint32_t *n);
void build_f32_resize_bilinear(bench_case *c, const uint32_t *n);
void build_resize_nearest(bench_case *c, const uint32_t *n);

// Elements and rows: rows.c
void build_s8_binary(bench_case *c, const uint32_t *n);
void build_f32_binary(bench_case *c, const uint32_t *n);
void build_s8_lut(bench_case *c, const uint32_t *n);
void build_s8_convert(bench_case *c, const uint32_t *n);
void build_f32_clamp(bench_case *c, const uint32_t *n);
void build_f32_prelu(bench_case *c, const uint32_t *n);
void build_f32_affine(bench_case *c, const uint32_t *n);
void build_f32_map(bench_case *c, const uint32_t *n);
void build_s8_softmax(bench_case *c, const uint32_t *n);
void build_f32_softmax(bench_case *c, const uint32_t *n);
void build_f32_normalize(bench_case *c, const uint32_t *n);
void build_s8_reduce(bench_case *c, const uint32_t *n);
void build_f32_reduce(bench_case *c, const uint32_t *n);
void build_quantize(bench_case *c, const uint32_t *n);
void build_dequantize(bench_case *c, const uint32_t *n);
void build_s8_argmax(bench_case *c, const uint32_t *n);
void build_f32_argmax(bench_case *c, const uint32_t *n);

// Moves, choices, other dtypes, detection: moves.c
void build_pad(bench_case *c, const uint32_t *n);
void build_transpose(bench_case *c, const uint32_t *n);
void build_copy(bench_case *c, const uint32_t *n);
void build_strided_copy(bench_case *c, const uint32_t *n);
void build_gather(bench_case *c, const uint32_t *n);
void build_gather_nd(bench_case *c, const uint32_t *n);
void build_select(bench_case *c, const uint32_t *n);
void build_compare(bench_case *c, const uint32_t *n);
void build_arithmetic(bench_case *c, const uint32_t *n);
void build_cast(bench_case *c, const uint32_t *n);
void build_detections(bench_case *c, const uint32_t *n);

/// A square window, padded by half its size on all sides.
uk_window bench_window(uint32_t height, uint32_t width, uint32_t in_channels,
                       uint32_t out_channels, uint32_t kernel, uint32_t stride);
uk_window bench_depthwise_window(const uint32_t *n);
uk_window bench_pool_window(const uint32_t *n);

/// The window's input image, of elements of 1 or 4 bytes.
void bench_image(bench_case *c, const uk_window *window, uint32_t element_bytes);

/// What is added to the window's output image.
void bench_residual(bench_case *c, const uk_window *window, uint32_t element_bytes);

/// The window's output image.
void bench_image_output(bench_case *c, const uk_window *window, uint32_t element_bytes);

#endif
