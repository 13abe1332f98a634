// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#define UK_FMA
#include "../support/uk_elementwise_neon.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_f32_descend_fma__neon
#include "uk_f32_descend.h"
#endif
