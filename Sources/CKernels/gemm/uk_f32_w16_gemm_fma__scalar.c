// SPDX-License-Identifier: Apache-2.0
#define UK_STORED_BITS 16
#define UK_FMA
#include "uk_f32_stored_gemm_scalar.h"

/// y[rows, columns] = clamp(a[rows, depth] · w + bias), float32, over rows `begin ..< end`.
///
/// Each sum starts at the bias and runs in order: multiply-adds, fused.
/// Weights are float16: [panel][depth][16].
UK_TARGET void uk_f32_w16_gemm_fma__scalar(const uk_arguments *arguments, uint32_t begin,
                                           uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_stored_gemm_scalar(arguments, begin, end);
}
