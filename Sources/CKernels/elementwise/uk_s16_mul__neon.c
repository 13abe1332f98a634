// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "../support/uk_elementwise_neon.h"
#include "../support/uk_elementwise_s16.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_mul__neon
#define UK_OPERATION(a, b, p) ((a) * (b) * (p)->a_scale)
#include "uk_s8_binary.h"
#endif
