// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_f32_gemm.h"

/// `uk_f32_gemm_clamp_muladd__scalar` in tiles of AVX2.
void uk_f32_gemm_clamp_muladd__avx2(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  (void)scratch;
  uk_f32_gemm(arguments, begin, end, uk_f32_block_muladd__avx2);
}
#endif
