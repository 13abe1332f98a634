// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET UK_TARGET_FMA
#define UK_MULTIPLY_ADD uk_tile_fma
#include "uk_f32_dwconv_scalar.h"

/// Depthwise convolution in float32 of output rows `begin ..< end`; see `uk_window`.
///
/// Each sum starts at the bias and runs in order: fused multiply-adds.
/// Weights: [tap][channels, padded to 16]. Taps outside the image read `pad`.
UK_TARGET void uk_f32_dwconv_clamp_fma__scalar(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_dwconv_scalar(arguments, begin, end);
}
