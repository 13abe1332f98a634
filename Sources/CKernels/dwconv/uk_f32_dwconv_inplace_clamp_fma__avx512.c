// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_FUSED 1
#include "../support/uk_tile_avx512.h"
#include "uk_f32_dwconv.h"

/// `uk_f32_dwconv_inplace_clamp_fma__scalar` on AVX-512.
UK_TARGET void uk_f32_dwconv_inplace_clamp_fma__avx512(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  uk_f32_dwconv_inplace(arguments, begin, end, scratch);
}
#endif
