// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TRAINING_PARAMETERS_H
#define THIMBLE_UK_TRAINING_PARAMETERS_H

// The parameter blocks of the contracts that only training needs, stored as those of
// uk_parameters.h. "muladd" is a multiply-add as the contract's float class rounds it; every other
// operation rounds by itself.

#include <stdint.h>

// f32_block_sums, f32_block_products and f32_block_squares have uk_matrix_parameters. Each sums the
// rows of x[rows, columns] in blocks of 256, y[⌈rows / 256⌉, columns], in sequence from +0; threads
// share the blocks.
//
//     sums:      y += x
//     products:  y = muladd(p, q − center, y)
//     squares:   y = muladd(x − center, x − center, y)

/// How many rows one block of a sum over rows has.
#define UK_SUM_BLOCK_ROWS 256

/// y[columns] = factor · the sum of x[blocks, columns] over its rows, by a tree: neighbours
/// pairwise, level by level, an odd one carried up, as in ((0 + 1) + (2 + 3)) + 4. Threads share
/// blocks of 64 columns.
typedef struct uk_f32_join_parameters {
  uint32_t blocks, columns;
  float factor;
  uint32_t reserved;
} uk_f32_join_parameters;

// f32_affine_pair has uk_matrix_parameters: y = muladd(a, p, muladd(b, q, d)), with p and q
// [rows, columns] and a, b, d [columns].

/// f32_blend: y = muladd(a, x, b · z). f32_blend_square: y = muladd(a, x, b · (z · z)).
typedef struct uk_f32_blend_parameters {
  uint32_t rows, columns;
  float a, b;
} uk_f32_blend_parameters;

// f32_descend has uk_matrix_parameters: y = muladd(−rate, g, keep · w), with rates = {keep, rate}.

/// y = muladd(−rate, m / muladd(√v, scale, epsilon), keep · w), with rates = {keep, rate, scale}.
typedef struct uk_f32_descend_parameters {
  uint32_t rows, columns;
  float epsilon;
  uint32_t reserved;
} uk_f32_descend_parameters;

// f32_clamp_gradient has uk_f32_unary_parameters: dx = min < y && y < max ? dy : 0, so 0 for NaN.

// f32_map_gradient has uk_f32_map_parameters, the exponent not −2³¹: dx = dy · f′(x). Where f has a
// kink, f′ is that of PyTorch:
//
//     HARD_SWISH    0 up to −3, 1 from 3 on, else x/3 + 1/2
//     HARD_SIGMOID  alpha where 0 < alpha·x + beta < 1, else 0, also for NaN
//     ELU           1 where x > 0, else alpha · eˣ
//     ABS           −1, 0 or 1
//     FLOOR, CEIL, ROUND  0
//
// LOG has 1/x below 0 too. NaN gives NaN, but where f′ does not look at x.

// f32_softmax_gradient has uk_matrix_parameters, over the columns of each row: dx = y · (dy − s),
// where s is the sum of muladd(y, dy, ·) in 32 partial sums as in f32_softmax.

// f32_normalize_gradient has uk_f32_normalize_parameters, over the columns of each row. Mean and
// factor = 1 / √(variance + epsilon) are those of f32_normalize, n = (x − mean) · factor, and
// g = dy · scale. Two more sums in 32 partial sums, each divided by the columns: a of g, 0 when not
// centered, and b by muladd(g, n, ·).
//
//     dx = muladd(−b, n, g − a) · factor

/// y = h(index) < threshold ? 0 : x · factor, index counting all elements from 0. h is a hash of
/// 32 bits; its arithmetic is modulo 2³²:
///
///     mix(v):  v ^= v >> 16; v *= 0x7feb352d; v ^= v >> 15; v *= 0x846ca68b; v ^= v >> 16
///     key    = mix(mix(seed + 0x9e3779b9) + stream)
///     h(i)   = mix(mix(i + key) ^ mix(key + 0x9e3779b9))
///
/// mix is `lowbias32`, a bijection of full avalanche: C. Wellons, "Prospecting for Hash Functions",
/// 2018, https://nullprogram.com/blog/2018/07/31/. The key enters twice, so that masks of two keys
/// are no shifted copies of each other. A hash of the index alone is the counter-based scheme of
/// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3": a gradient draws the same
/// mask again, in any order.
typedef struct uk_f32_dropout_parameters {
  uint32_t rows, columns;
  uint32_t stream;
  uint32_t threshold;  // the part of 2³² that becomes 0
  float factor;
  uint32_t reserved[3];
} uk_f32_dropout_parameters;

_Static_assert(sizeof(uk_f32_join_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_blend_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_descend_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_dropout_parameters) == 32, "stored layout");

#endif
