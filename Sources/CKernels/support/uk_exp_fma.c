// SPDX-License-Identifier: Apache-2.0
#define UK_FMA
#include "uk_exp.h"
#include "uk_math.h"

#pragma STDC FP_CONTRACT OFF

UK_TARGET float uk_exp_fma(float x) { return uk_exp(x); }
