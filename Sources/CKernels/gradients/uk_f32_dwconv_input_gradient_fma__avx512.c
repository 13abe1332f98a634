// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_FMA
#include "../support/uk_elementwise_avx512.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_dwconv_input_gradient_fma__avx512
#include "uk_f32_dwconv_input_gradient.h"
#endif
