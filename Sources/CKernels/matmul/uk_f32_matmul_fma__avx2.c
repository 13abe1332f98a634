// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_f32_matmul.h"

void uk_f32_matmul_fma__avx2(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                             void *scratch) {
  uk_f32_matmul(arguments, begin, end, scratch, uk_f32_block_fma__avx2);
}
#endif
