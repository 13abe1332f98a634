// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "emulated_avxvnni.h"

#include "../../Sources/CKernels/conv/uk_s8_conv_runs_requant__avxvnni.c"
#endif
