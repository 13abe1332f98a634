// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "CKernels.h"

/// Copies runs of bytes; see `uk_copy_parameters`. Source and destination do not overlap.
void uk_xx_copy__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                        void *scratch) {
  (void)scratch;
  const uk_copy_parameters *p = arguments->parameters;
  const uint8_t *x = arguments->operands[0].data + p->in_offset_bytes;
  uint8_t *y = arguments->operands[1].data + p->out_offset_bytes;
  for (size_t row = begin; row < end; ++row) {
    memcpy(y + row * p->out_pitch_bytes, x + row * p->in_pitch_bytes, p->run_bytes);
  }
}
