// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_ELEMENT int8_t
#define UK_SYMBOL uk_s8_argmax__scalar
#include "uk_argmax.h"
