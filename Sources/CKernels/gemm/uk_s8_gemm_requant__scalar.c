// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_gemm_scalar.h"

/// y[rows, columns] = requantize(a[rows, depth] · (w − zero point) + bias), int8, over rows
/// `begin ..< end`.
///
/// Sums are int32. Weights: [panel][⌈depth/4⌉][16][4].
void uk_s8_gemm_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                void *scratch) {
  (void)scratch;
  uk_s8_gemm_scalar(arguments, begin, end);
}
