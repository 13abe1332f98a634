// SPDX-License-Identifier: Apache-2.0
#define UK_FMA
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_softmax_gradient_fma__scalar
#include "uk_f32_softmax_gradient.h"
