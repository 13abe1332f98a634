// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#pragma STDC FP_CONTRACT OFF

#define UK_BLOCK uk_f32_block_muladd__scalar
#define UK_SYMBOL uk_f32_attention_muladd__scalar
#include "uk_f32_attention.h"
