// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_sse41.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_conv_weight_gradient_muladd__sse41
#include "uk_f32_conv_weight_gradient.h"
#endif
