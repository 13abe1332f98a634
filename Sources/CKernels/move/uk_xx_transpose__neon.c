// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)
#define UK_TARGET
#define UK_SYMBOL uk_xx_transpose__neon
#include "uk_xx_transpose.h"
#endif
