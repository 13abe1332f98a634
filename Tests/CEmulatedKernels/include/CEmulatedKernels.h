// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_CEMULATEDKERNELS_H
#define THIMBLE_CEMULATEDKERNELS_H

#include "CKernels.h"

/// The AVX-VNNI kernels with the one instruction that AVX2 lacks written in those it has, or null
/// past the last one.
const uk_kernel_info *_Nullable uk_emulated_kernel_at(uint32_t index);

#endif
