// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET UK_TARGET_FMA
#define UK_MULTIPLY_ADD uk_tile_fma
#include "uk_f32_conv_scalar.h"

/// Convolution in float32 of output rows `begin ..< end`; see `uk_window`.
///
/// Each sum starts at the bias and runs in order: fused multiply-adds.
/// Weights: [panel][tap][in_channels][16]. Taps outside the image read `pad`.
UK_TARGET void uk_f32_conv_clamp_fma__scalar(const uk_arguments *arguments, uint32_t begin,
                                             uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_conv_scalar(arguments, begin, end);
}
