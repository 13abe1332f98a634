// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"
#include "../support/uk_elementwise_s16.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_s16_quantize__scalar
#include "uk_f32_s8_quantize.h"
