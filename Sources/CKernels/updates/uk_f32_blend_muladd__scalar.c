// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_blend_muladd__scalar
#define UK_TERM(z) (z)
#include "uk_f32_blend.h"
