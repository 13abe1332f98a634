// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_conv_scalar.h"

/// Convolution in int8 of output rows `begin ..< end`; int32 sums; see `uk_window`.
///
/// Weights: [panel][tap][⌈in_channels/4⌉][16][4]. Taps outside the image read `pad`.
void uk_s8_conv_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                void *scratch) {
  (void)scratch;
  uk_s8_conv_scalar(arguments, begin, end);
}
