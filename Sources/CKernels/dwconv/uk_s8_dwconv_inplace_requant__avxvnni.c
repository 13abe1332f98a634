// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#if !defined(UK_TARGET)
#define UK_TARGET __attribute__((target("avx2,fma,avxvnni")))
#endif
#include "../support/uk_tile_avx2.h"
#include "uk_s8_dwconv_vnni.h"

/// `uk_s8_dwconv_inplace_requant__scalar` on AVX-VNNI.
UK_TARGET void uk_s8_dwconv_inplace_requant__avxvnni(const uk_arguments *arguments, uint32_t begin,
                                                     uint32_t end, void *scratch) {
  uk_s8_dwconv_inplace_vnni(arguments, begin, end, scratch);
}
#endif
