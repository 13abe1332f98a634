// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_sse41.h"
#include "../support/uk_elementwise_s16.h"
#include "../support/uk_elementwise_s8.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s8_s16_requantize__sse41
#define UK_FROM int8_t
#define UK_TO int16_t
#include "uk_integer_requantize.h"
#endif
