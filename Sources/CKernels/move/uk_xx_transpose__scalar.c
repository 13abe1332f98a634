// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_elementwise.h"

#define UK_SYMBOL uk_xx_transpose__scalar
#include "uk_xx_transpose.h"
