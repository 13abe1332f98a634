// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_FMA
#include "../support/uk_elementwise_avx2.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_blend_fma__avx2
#define UK_TERM(z) (z)
#include "uk_f32_blend.h"
#endif
