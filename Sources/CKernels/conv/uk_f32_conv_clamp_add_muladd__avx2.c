// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_RESIDUAL 1
#include "uk_f32_conv.h"

/// `uk_f32_conv_clamp_add_muladd__scalar` in tiles of AVX2.
void uk_f32_conv_clamp_add_muladd__avx2(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                        void *scratch) {
  uk_f32_conv(arguments, begin, end, scratch, uk_f32_block_muladd__avx2);
}
#endif
