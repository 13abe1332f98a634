// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_RESIDUAL 1
#define UK_FUSED 0
#include "../support/uk_tile_avx512.h"
#include "uk_f32_conv.h"

/// `uk_f32_conv_clamp_add_muladd__scalar` in tiles of 8 rows by 16 columns on AVX-512.
UK_TARGET void uk_f32_conv_clamp_add_muladd__avx512_8x16(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  uk_f32_conv(arguments, begin, end, scratch);
}
#endif
