// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "../support/uk_elementwise_neon.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_maxpool_clamp__neon
#define UK_START -__builtin_inff()
#define UK_TAP(greatest, x) uk_max(x, greatest)
#define UK_END(greatest, divisor) (greatest)
#include "uk_f32_pool.h"
#endif
