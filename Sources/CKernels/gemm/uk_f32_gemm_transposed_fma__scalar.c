// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET UK_TARGET_FMA
#define UK_MULTIPLY_ADD uk_tile_fma
#include "uk_f32_gemm_transposed_scalar.h"

/// y[rows, depth] = a[rows, columns] · w, float32, over rows `begin ..< end`, or of few rows over
/// blocks of 64 of y's columns.
///
/// Each sum starts at +0 and runs over the columns in order: fused multiply-adds.
/// Weights: [panel of 16 columns][depth][16].
UK_TARGET void uk_f32_gemm_transposed_fma__scalar(const uk_arguments *arguments, uint32_t begin,
                                                  uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_transposed_scalar(arguments, begin, end);
}
