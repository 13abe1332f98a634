// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "uk_index.h"

/// Copies a run for each index; see `uk_gather_parameters`. Rows are (outer, index); y does not
/// overlap x or the indices.
void uk_xx_gather__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                          void *scratch) {
  (void)scratch;
  const uk_gather_parameters *p = arguments->parameters;
  const uint8_t *x = arguments->operands[0].data;
  const uint8_t *indices = arguments->operands[1].data;
  uint8_t *y = arguments->operands[2].data + (size_t)begin * p->run_bytes;
  for (uint32_t row = begin; row < end; ++row, y += p->run_bytes) {
    const size_t outer = row / p->count, list = outer / p->repeat;
    const size_t number = list * p->count + row % p->count;
    const size_t index = uk_index(indices, number, p->index_bytes, p->extent);
    memcpy(y, x + (outer * p->extent + index) * p->run_bytes, p->run_bytes);
  }
}
