// SPDX-License-Identifier: Apache-2.0
#define UK_RESIDUAL 1
#define UK_TARGET UK_TARGET_FMA
#define UK_MULTIPLY_ADD uk_tile_fma
#include "uk_f32_gemm_scalar.h"

/// `uk_f32_gemm_clamp_fma__scalar`, then the residual added.
UK_TARGET void uk_f32_gemm_clamp_add_fma__scalar(const uk_arguments *arguments, uint32_t begin,
                                                 uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm_scalar(arguments, begin, end);
}
