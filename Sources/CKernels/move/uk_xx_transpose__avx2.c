// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_elementwise_avx2.h"

#define UK_SYMBOL uk_xx_transpose__avx2
#include "uk_xx_transpose.h"
#endif
