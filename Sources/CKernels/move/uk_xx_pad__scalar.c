// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "../support/uk_rows.h"

/// Writes `count` elements of `bytes` bytes each, all with the low bytes of `fill`.
static void uk_fill(uint8_t *y, size_t count, uint32_t bytes, uint32_t fill) {
  if (fill == 0 || bytes == 1) {
    memset(y, (int)(fill & 0xFF), count * bytes);
    return;
  }
  for (size_t i = 0; i < count; ++i, y += bytes) {
    for (uint32_t b = 0; b < bytes; ++b) y[b] = (uint8_t)(fill >> (8 * b));
  }
}

/// Copies a block of up to four axes into a larger one; see `uk_pad_parameters`. Rows are (i0, i1)
/// of the output; y does not overlap x.
void uk_xx_pad__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end, void *scratch) {
  (void)scratch;
  const uk_pad_parameters p = *(const uk_pad_parameters *)arguments->parameters;
  const size_t bytes = p.element_bytes;
  const size_t in_line = p.in[3] * bytes, out_line = p.out[3] * bytes;
  for (size_t row = begin; row < end; ++row) {
    uint8_t *y = uk_row(&arguments->operands[1], row);
    const uint32_t i0 = (uint32_t)(row / p.out[1]) - p.before[0];  // wraps when in front
    const uint32_t i1 = (uint32_t)(row % p.out[1]) - p.before[1];
    if (i0 >= p.in[0] || i1 >= p.in[1]) {
      uk_fill(y, (size_t)p.out[2] * p.out[3], p.element_bytes, p.fill);
      continue;
    }
    const uint8_t *x = uk_row(&arguments->operands[0], (size_t)i0 * p.in[1] + i1);
    const size_t front = p.before[3], back = p.out[3] - p.in[3] - front;
    uk_fill(y, (size_t)p.before[2] * p.out[3], p.element_bytes, p.fill);
    y += p.before[2] * out_line;
    for (size_t i2 = 0; i2 < p.in[2]; ++i2, x += in_line, y += out_line) {
      uk_fill(y, front, p.element_bytes, p.fill);
      memcpy(y + front * bytes, x, in_line);
      uk_fill(y + front * bytes + in_line, back, p.element_bytes, p.fill);
    }
    const size_t below = p.out[2] - p.before[2] - p.in[2];
    uk_fill(y, below * p.out[3], p.element_bytes, p.fill);
  }
}
