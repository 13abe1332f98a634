// SPDX-License-Identifier: Apache-2.0
#define UK_STORED_BITS 4
#include "uk_f32_stored_gemm_scalar.h"

/// y[rows, columns] = clamp(a[rows, depth] · w + bias), float32, over rows `begin ..< end`.
///
/// Each sum starts at the bias and runs in order: multiply-adds, rounded twice.
/// Weights are int4: [panel][⌈depth/8⌉][16][8], one scale a column and 32 of the depth.
UK_TARGET void uk_f32_w4_gemm_muladd__scalar(const uk_arguments *arguments, uint32_t begin,
                                             uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_stored_gemm_scalar(arguments, begin, end);
}
