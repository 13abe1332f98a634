// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_s16_avx2.h"
#include "uk_s16_conv.h"

/// `uk_s16_conv_requant__scalar` in tiles of 3 rows by 16 columns on AVX2.
UK_TARGET void uk_s16_conv_requant__avx2(const uk_arguments *arguments, uint32_t begin,
                                         uint32_t end, void *scratch) {
  uk_s16_conv(arguments, begin, end, scratch);
}
#endif
