// SPDX-License-Identifier: Apache-2.0
#define UK_FMA
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#include "uk_f32_weight_gradient_scalar.h"

/// y = the gradient of a convolution's weights, float32, over units `begin ..< end`.
///
/// x[rows, depth] or [batch, height, width, channels], dy[pixels, columns], y in panels of 16
/// columns; see uk_weight_gradient.h.
UK_TARGET void uk_f32_conv_weight_gradient_fma__scalar(
    const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  uk_f32_weight_gradient_scalar(arguments->parameters, arguments->operands, begin, end);
}
