// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_sub_clamp__scalar
#define UK_OPERATION(a, b) ((a) - (b))
#include "uk_f32_binary.h"
