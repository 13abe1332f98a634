// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#include "uk_f32_dwconv_gradient_scalar.h"

/// dx = the gradient of a depthwise convolution's input, float32, over input rows
/// `begin ..< end`, counted over all images.
///
/// dy[pixels, channels], weights[tap][channels padded to 16], dx[batch, height, width, channels];
/// see uk_window_gradient.h.
UK_TARGET void uk_f32_dwconv_input_gradient_muladd__scalar(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_dwconv_input_gradient_scalar(arguments, begin, end);
}
