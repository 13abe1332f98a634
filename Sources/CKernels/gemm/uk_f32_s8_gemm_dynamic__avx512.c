// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_s8_avx512.h"
#include "uk_f32_s8_gemm_dynamic.h"

/// `uk_f32_s8_gemm_dynamic__scalar` in the tiles of `uk_s8_gemm_requant` on AVX-512.
UK_TARGET void uk_f32_s8_gemm_dynamic__avx512(const uk_arguments *arguments, uint32_t begin,
                                          uint32_t end, void *scratch) {
  uk_f32_s8_gemm_dynamic(arguments, begin, end, scratch);
}
#endif
