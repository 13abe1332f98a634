// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_u8_convert.h"

/// y[rows, columns] uint8 = x int8, stored values 128 higher.
void uk_s8_u8_convert__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                             void *scratch) {
  (void)scratch;
  uk_flip_top_bits(arguments, begin, end);
}
