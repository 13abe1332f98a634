// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_u8_convert.h"

/// y[rows, columns] int8 = x uint8, stored values 128 lower.
void uk_u8_s8_convert__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                             void *scratch) {
  (void)scratch;
  uk_flip_top_bits(arguments, begin, end);
}
