// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_s8_sse41.h"
#include "uk_s8_conv_runs.h"

/// `uk_s8_conv_runs_requant__scalar` in tiles of 3 rows by 16 columns on SSE4.1.
UK_TARGET void uk_s8_conv_runs_requant__sse41(const uk_arguments *arguments, uint32_t begin,
                                              uint32_t end, void *scratch) {
  uk_s8_conv_runs(arguments, begin, end, scratch);
}
#endif
