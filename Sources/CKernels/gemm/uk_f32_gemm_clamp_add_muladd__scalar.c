// SPDX-License-Identifier: Apache-2.0
#define UK_RESIDUAL 1
#define UK_TARGET
#define UK_MULTIPLY_ADD uk_tile_muladd
#include "uk_f32_gemm_scalar.h"

/// `uk_f32_gemm_clamp_muladd__scalar`, then the residual added.
void uk_f32_gemm_clamp_add_muladd__scalar(const uk_arguments *arguments, uint32_t begin,
                                          uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_scalar(arguments, begin, end);
}
