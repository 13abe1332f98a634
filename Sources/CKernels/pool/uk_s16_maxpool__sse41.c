// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_sse41.h"
#include "../support/uk_elementwise_s16.h"

#pragma STDC FP_CONTRACT OFF

#define UK_SYMBOL uk_s16_maxpool__sse41
#include "uk_s8_maxpool.h"
#endif
