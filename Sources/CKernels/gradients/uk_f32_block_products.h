// SPDX-License-Identifier: Apache-2.0
// y[⌈rows / 256⌉, columns] += x·(q − center[column]) over the rows of each block, the multiply-add
// as the kernel's float class rounds it.

#define UK_OPERANDS 3
#define UK_ADDED(sum, at)                       \
  UK_MULADD(uk_load_lanes(x + (at), left),      \
            uk_load_lanes(q + (at), left) - uk_load_lanes(center + c, left), (sum))
#include "uk_f32_blocks.h"
