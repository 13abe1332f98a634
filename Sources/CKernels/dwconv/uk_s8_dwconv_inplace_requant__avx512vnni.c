// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")))
#include "../support/uk_tile_avx512.h"
#include "uk_s8_dwconv_vnni.h"

/// `uk_s8_dwconv_inplace_requant__scalar` on AVX-512 VNNI.
UK_TARGET void uk_s8_dwconv_inplace_requant__avx512vnni(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  uk_s8_dwconv_inplace_vnni(arguments, begin, end, scratch);
}
#endif
