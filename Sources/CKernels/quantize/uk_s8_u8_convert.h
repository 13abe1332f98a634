// SPDX-License-Identifier: Apache-2.0
// y = x with its top bit flipped: int8 to uint8 128 higher, and back. y may lie on x.
#include "CKernels.h"

static inline void uk_flip_top_bits(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_matrix_parameters *p = arguments->parameters;
  const uint8_t *x = arguments->operands[0].data;
  uint8_t *y = arguments->operands[1].data;
  const size_t stop = (size_t)end * p->columns;
  for (size_t i = (size_t)begin * p->columns; i < stop; ++i) y[i] = x[i] ^ 0x80;
}
