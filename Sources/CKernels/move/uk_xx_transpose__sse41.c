// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_TARGET __attribute__((target("sse4.1")))
#define UK_SYMBOL uk_xx_transpose__sse41
#include "uk_xx_transpose.h"
#endif
