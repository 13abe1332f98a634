// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#define UK_STORED_BITS 4
#include "../support/uk_elementwise_neon.h"
#include "uk_f32_stored_gemm.h"

/// `uk_f32_w4_gemm_muladd__scalar` on Advanced SIMD.
UK_TARGET void uk_f32_w4_gemm_muladd__neon(const uk_arguments *arguments, uint32_t begin,
                                           uint32_t end, void *scratch) {
  uk_f32_stored_gemm(arguments, begin, end, scratch, uk_f32_block_muladd__neon);
}
#endif
