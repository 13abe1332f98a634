// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET
#define UK_MULTIPLY_ADD uk_tile_muladd
#include "uk_f32_gemm_transposed_scalar.h"

/// y[rows, depth] = a[rows, columns] · w, float32, over rows `begin ..< end`, or of few rows over
/// blocks of 64 of y's columns.
///
/// Each sum starts at +0 and runs over the columns in order: products rounded, then added.
/// Weights: [panel of 16 columns][depth][16].
void uk_f32_gemm_transposed_muladd__scalar(const uk_arguments *arguments, uint32_t begin,
                                           uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_transposed_scalar(arguments, begin, end);
}
