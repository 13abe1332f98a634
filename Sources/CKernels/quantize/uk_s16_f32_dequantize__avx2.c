// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_avx2.h"
#include "../support/uk_elementwise_s16.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_f32_dequantize__avx2
#include "uk_s8_f32_dequantize.h"
#endif
