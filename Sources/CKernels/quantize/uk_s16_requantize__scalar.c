// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"
#include "../support/uk_elementwise_s16.h"
#include "../support/uk_elementwise_s8.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_requantize__scalar
#define UK_FROM int16_t
#define UK_TO int16_t
#include "uk_integer_requantize.h"
