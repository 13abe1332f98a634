// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "emulated_avxvnni.h"

#include "../../Sources/CKernels/support/uk_s8_block__avxvnni.c"
#endif
