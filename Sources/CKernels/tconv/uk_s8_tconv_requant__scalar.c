// SPDX-License-Identifier: Apache-2.0
#define UK_SYMBOL uk_s8_tconv_requant__scalar
#define UK_CONVOLUTION uk_s8_conv_requant__scalar
#include "uk_s8_tconv.h"
