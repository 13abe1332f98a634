// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_FUSED 0
#include "../support/uk_tile_avx2.h"
#include "uk_f32_dwconv.h"

/// `uk_f32_dwconv_clamp_muladd__scalar` on AVX2.
UK_TARGET void uk_f32_dwconv_clamp_muladd__avx2(const uk_arguments *arguments, uint32_t begin,
                                                uint32_t end, void *scratch) {
  uk_f32_dwconv(arguments, begin, end, scratch);
}
#endif
