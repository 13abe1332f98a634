// SPDX-License-Identifier: Apache-2.0
#include "uk_exp.h"
#include "uk_math.h"

#pragma STDC FP_CONTRACT OFF

float uk_exp_muladd(float x) { return uk_exp(x); }
