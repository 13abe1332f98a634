// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_F32_PRODUCT_H
#define THIMBLE_UK_F32_PRODUCT_H

// The float32 product that gemm, convolution, matmul and attention kernels come down to: rows given
// by pointers, times packed panels of 16 columns. Its tiles are in uk_f32_tile.h, once for each
// instruction set and float class.

#include "CKernels.h"

typedef struct uk_f32_clamp {
  float min, max;
} uk_f32_clamp;

/// y = x · w in columns `column ..< columns`, each output a sum over the taps, then over the depth,
/// in sequence.
typedef struct uk_f32_product {
  const float *const *x;  // `x[tap * pitch + row]` has `depth` elements
  size_t pitch, taps, depth;
  const float *weights;  // [panel][tap][depth][16]
  const float *bias;     // where sums start, padded to whole panels; NULL: at what y holds
  float *const *y;       // a pointer a row
  size_t column, columns;
  const uk_f32_clamp *clamp;     // NULL: none, and then no residual
  const float *const *residual;  // added behind the clamp, rows as y's; NULL: none
  const uk_f32_clamp *residual_clamp;
} uk_f32_product;

/// Computes `rows` rows of a product.
typedef void uk_f32_block(const uk_f32_product *product, size_t rows);

uk_f32_block uk_f32_block_fma__scalar, uk_f32_block_muladd__scalar;
#if defined(__x86_64__)
uk_f32_block uk_f32_block_muladd__sse41;
uk_f32_block uk_f32_block_fma__avx2, uk_f32_block_muladd__avx2;
uk_f32_block uk_f32_block_fma__avx512, uk_f32_block_muladd__avx512;
#elif defined(__aarch64__)
uk_f32_block uk_f32_block_fma__neon, uk_f32_block_muladd__neon;
#endif

/// Rows of the next block of the `rows` left, at most `most`: about as many as of the others.
static inline size_t uk_f32_block_rows(size_t rows, size_t most) {
  const size_t blocks = (rows + most - 1) / most;
  return (rows + blocks - 1) / blocks;
}

#endif
