// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "../support/uk_elementwise_neon.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_blend_muladd__neon
#define UK_TERM(z) (z)
#include "uk_f32_blend.h"
#endif
