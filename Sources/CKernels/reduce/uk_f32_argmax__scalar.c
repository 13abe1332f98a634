// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_ELEMENT float
#define UK_SYMBOL uk_f32_argmax__scalar
#include "uk_argmax.h"
