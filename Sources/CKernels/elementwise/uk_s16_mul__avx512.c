// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_avx512.h"
#include "../support/uk_elementwise_s16.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_mul__avx512
#define UK_OPERATION(a, b, p) ((a) * (b) * (p)->a_scale)
#include "uk_s8_binary.h"
#endif
