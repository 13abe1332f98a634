// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_RESIDUAL 1
#define UK_FUSED 0
#include "../support/uk_tile_avx2.h"
#include "uk_f32_gemm.h"

/// `uk_f32_gemm_clamp_add_muladd__scalar` in tiles of 6 rows by 16 columns on AVX2.
UK_TARGET void uk_f32_gemm_clamp_add_muladd__avx2_6x16(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_gemm(arguments, begin, end);
}
#endif
