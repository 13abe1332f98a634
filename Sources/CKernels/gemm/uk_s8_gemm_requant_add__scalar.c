// SPDX-License-Identifier: Apache-2.0
#define UK_RESIDUAL 1
#include "uk_s8_gemm_scalar.h"

/// `uk_s8_gemm_requant__scalar`, then the residual added.
void uk_s8_gemm_requant_add__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  (void)scratch;
  uk_s8_gemm_scalar(arguments, begin, end);
}
