// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_RESIDUAL 1
#include "../support/uk_s8_avx512.h"
#include "uk_s8_gemm.h"

/// `uk_s8_gemm_requant_add__scalar` in tiles of up to 32 columns on AVX-512.
UK_TARGET void uk_s8_gemm_requant_add__avx512(const uk_arguments *arguments, uint32_t begin,
                                              uint32_t end, void *scratch) {
  uk_s8_gemm(arguments, begin, end, scratch);
}
#endif
