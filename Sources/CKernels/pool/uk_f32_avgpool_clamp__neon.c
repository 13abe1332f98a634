// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "../support/uk_elementwise_neon.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_avgpool_clamp__neon
#define UK_START 0.0f
#define UK_TAP(sum, x) ((sum) + (x))
#define UK_END(sum, divisor) ((sum) / (divisor))
#include "uk_f32_pool.h"
#endif
