// SPDX-License-Identifier: Apache-2.0
// y[⌈rows / 256⌉, columns] += x over the rows of each block.

#define UK_OPERANDS 1
#define UK_ADDED(sum, at) ((sum) + uk_load_lanes(x + (at), left))
#include "uk_f32_blocks.h"
