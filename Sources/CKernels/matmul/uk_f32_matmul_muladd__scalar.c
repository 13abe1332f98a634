// SPDX-License-Identifier: Apache-2.0
#include "uk_f32_matmul.h"

void uk_f32_matmul_muladd__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                  void *scratch) {
  uk_f32_matmul(arguments, begin, end, scratch, uk_f32_block_muladd__scalar);
}
