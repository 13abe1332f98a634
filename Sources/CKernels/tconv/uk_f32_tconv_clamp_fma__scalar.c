// SPDX-License-Identifier: Apache-2.0
#define UK_SYMBOL uk_f32_tconv_clamp_fma__scalar
#define UK_CONVOLUTION uk_f32_conv_clamp_fma__scalar
#include "uk_f32_tconv.h"
