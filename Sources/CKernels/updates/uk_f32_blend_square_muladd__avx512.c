// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_avx512.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_blend_square_muladd__avx512
#define UK_TERM(z) ((z) * (z))
#include "uk_f32_blend.h"
#endif
