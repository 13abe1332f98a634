// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET UK_TARGET_FMA
#define UK_MULTIPLY_ADD uk_tile_fma
#include "uk_f32_gemm_scalar.h"

/// y[rows, columns] = clamp(a[rows, depth] · w + bias), float32, over rows `begin ..< end`.
///
/// Each sum starts at the bias and runs in order: fused multiply-adds.
/// Weights: [panel][depth][16].
UK_TARGET void uk_f32_gemm_clamp_fma__scalar(const uk_arguments *arguments, uint32_t begin,
                                             uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_scalar(arguments, begin, end);
}
