// SPDX-License-Identifier: Apache-2.0
#define UK_TARGET
#define UK_MULTIPLY_ADD uk_tile_muladd
#include "uk_f32_dwconv_scalar.h"

/// Depthwise convolution in float32 over its own input, of blocks `begin ..< end` of 16 channels.
///
/// As `uk_f32_dwconv_clamp_muladd`, with no output extent larger than the input's; `y` is on `x`.
/// `scratch` holds the input rows that are still needed.
UK_TARGET void uk_f32_dwconv_inplace_clamp_muladd__scalar(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  uk_f32_dwconv_inplace_scalar(arguments, begin, end, scratch);
}
