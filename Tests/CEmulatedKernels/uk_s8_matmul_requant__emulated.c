// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "emulated_avxvnni.h"

#include "../../Sources/CKernels/matmul/uk_s8_matmul_requant__avxvnni.c"
#endif
