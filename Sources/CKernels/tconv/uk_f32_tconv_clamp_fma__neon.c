// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#define UK_SYMBOL uk_f32_tconv_clamp_fma__neon
#define UK_CONVOLUTION uk_f32_conv_clamp_fma__neon
#include "uk_f32_tconv.h"
#endif
