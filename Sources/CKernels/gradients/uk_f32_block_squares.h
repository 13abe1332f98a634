// SPDX-License-Identifier: Apache-2.0
// y[⌈rows / 256⌉, columns] += (x − center[column])² over the rows of each block, the multiply-add
// as the kernel's float class rounds it.

#include "../support/uk_elements.h"

UK_INLINE uk_vf uk_add_square(uk_vf sum, uk_vf deviation) {
  return UK_MULADD(deviation, deviation, sum);
}

#define UK_OPERANDS 2
#define UK_ADDED(sum, at) \
  uk_add_square((sum), uk_load_lanes(x + (at), left) - uk_load_lanes(center + c, left))
#include "uk_f32_blocks.h"
