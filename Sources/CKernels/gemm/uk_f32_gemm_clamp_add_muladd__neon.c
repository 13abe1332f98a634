// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#define UK_RESIDUAL 1
#include "uk_f32_gemm.h"

/// `uk_f32_gemm_clamp_add_muladd__scalar` in tiles of Advanced SIMD.
void uk_f32_gemm_clamp_add_muladd__neon(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                        void *scratch) {
  (void)scratch;
  uk_f32_gemm(arguments, begin, end, uk_f32_block_muladd__neon);
}
#endif
