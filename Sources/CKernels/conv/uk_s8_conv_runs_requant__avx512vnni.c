// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_s8_avx512vnni.h"
#include "uk_s8_conv_runs.h"

/// `uk_s8_conv_runs_requant__scalar` in tiles of up to 64 columns on AVX-512 VNNI.
UK_TARGET void uk_s8_conv_runs_requant__avx512vnni(const uk_arguments *arguments, uint32_t begin,
                                                   uint32_t end, void *scratch) {
  uk_s8_conv_runs(arguments, begin, end, scratch);
}
#endif
