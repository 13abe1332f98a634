// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET
#define UK_MULTIPLY_ADD uk_tile_muladd
#include "uk_f32_gemm_scalar.h"

/// y[rows, columns] = clamp(a[rows, depth] · w + bias), float32, over rows `begin ..< end`.
///
/// Each sum starts at the bias and runs in order: multiplies and adds, each rounded.
/// Weights: [panel][depth][16].
UK_TARGET void uk_f32_gemm_clamp_muladd__scalar(const uk_arguments *arguments, uint32_t begin,
                                                uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_scalar(arguments, begin, end);
}
