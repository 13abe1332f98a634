// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_SYMBOL uk_f32_tconv_clamp_muladd__avx2
#define UK_CONVOLUTION uk_f32_conv_clamp_muladd__avx2
#include "uk_f32_tconv.h"
#endif
