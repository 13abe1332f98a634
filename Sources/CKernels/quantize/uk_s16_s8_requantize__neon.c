// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#include "../support/uk_elementwise_neon.h"
#include "../support/uk_elementwise_s16.h"
#include "../support/uk_elementwise_s8.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_s8_requantize__neon
#define UK_FROM int16_t
#define UK_TO int8_t
#include "uk_integer_requantize.h"
#endif
