// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_clamp_gradient__scalar
#include "uk_f32_clamp_gradient.h"
