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

/// Rows at equal distances.
typedef struct uk_f32_matrices {
  const float *x;
  float *y;
  const float *residual;
  size_t x_pitch, y_pitch;  // elements from one row to the next; y's is the residual's too
} uk_f32_matrices;

/// y = x · w in columns `column ..< columns`, each output a sum over the taps, then over the depth,
/// in sequence.
typedef struct uk_f32_product {
  const uk_f32_matrices *matrices;  // the rows, of one tap; NULL: they are anywhere, as follows
  const float *const *x;            // `x[tap * pitch + row]` has `depth` elements
  float *const *y;                  // a pointer a row, as of the residual
  const float *const *residual;
  size_t pitch, taps, depth;
  const float *weights;  // [panel][tap][depth][16]
  const float *bias;     // where sums start, padded to whole panels; NULL: at what a matrix y holds
  size_t column, columns;
  const uk_f32_clamp *clamp;           // NULL: none, and then no residual
  const uk_f32_clamp *residual_clamp;  // of the sum with the residual; NULL: no residual
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

/// What the rows of x and y of a block may take: a part of the second-level cache.
#define UK_ROWS_BYTES ((size_t)128 << 10)

/// Computes `rows` rows of matrices, in blocks. There is at least one column.
static inline void uk_f32_multiply(uk_f32_product product, uk_f32_matrices matrices, size_t rows,
                                   uk_f32_block *block) {
  const size_t most = UK_ROWS_BYTES / sizeof(float) / (product.depth + product.columns);
  product.matrices = &matrices;
  product.taps = 1;
  size_t count;
  for (; rows > 0; rows -= count) {
    count = uk_f32_block_rows(rows, most < UK_BLOCK_ROWS ? UK_BLOCK_ROWS : most);
    block(&product, count);
    matrices.x += count * matrices.x_pitch;
    matrices.y += count * matrices.y_pitch;
    if (matrices.residual != NULL) matrices.residual += count * matrices.y_pitch;
  }
}

#endif
