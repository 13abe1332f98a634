// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_s16_avx512.h"
#include "uk_s16_dwconv.h"

/// `uk_s16_dwconv_requant__scalar` on 16 channels at a time.
UK_TARGET void uk_s16_dwconv_requant__avx512(const uk_arguments *arguments, uint32_t begin,
                                         uint32_t end, void *scratch) {
  uk_s16_dwconv(arguments, begin, end, scratch);
}
#endif
