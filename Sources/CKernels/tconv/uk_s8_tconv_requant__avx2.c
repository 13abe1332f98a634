// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#define UK_SYMBOL uk_s8_tconv_requant__avx2
#define UK_CONVOLUTION uk_s8_conv_requant__avx2
#include "uk_s8_tconv.h"
#endif
