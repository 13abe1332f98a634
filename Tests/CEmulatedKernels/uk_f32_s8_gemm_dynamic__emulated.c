// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "emulated_avxvnni.h"

#include "../../Sources/CKernels/gemm/uk_f32_s8_gemm_dynamic__avxvnni.c"
#endif
