// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "uk_f32_gemm_transposed.h"

void uk_f32_gemm_transposed_muladd__neon(const uk_arguments *arguments, uint32_t begin,
                                         uint32_t end, void *scratch) {
  uk_f32_gemm_transposed(arguments, begin, end, scratch, uk_f32_block_muladd__neon);
}
#endif
