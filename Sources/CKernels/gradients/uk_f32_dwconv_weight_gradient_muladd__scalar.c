// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#include "uk_f32_dwconv_gradient_scalar.h"

/// y = the gradient of a depthwise convolution's weights, float32, over the kernel rows of blocks
/// of 16 channels `begin ..< end`.
///
/// x[batch, height, width, channels], dy[pixels, channels], y[tap][channels padded to 16]; see
/// uk_window_gradient.h.
UK_TARGET void uk_f32_dwconv_weight_gradient_muladd__scalar(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_dwconv_weight_gradient_scalar(arguments, begin, end);
}
