// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "../support/uk_rows.h"

/// Copies, for each output pixel, the source pixel that the tables name. NHWC, any element size.
/// Rows are output rows; y does not overlap x.
void uk_xx_resize_nearest__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                  void *scratch) {
  (void)scratch;
  const uk_resize_parameters *p = arguments->parameters;
  const uint32_t *rows = (const uint32_t *)arguments->operands[1].data;
  const uint32_t *columns = (const uint32_t *)arguments->operands[2].data;
  const size_t pixel_bytes = (size_t)p->channels * p->element_bytes;
  for (uint32_t row = begin; row < end; ++row) {
    const size_t image = (size_t)(row / p->out_height) * p->in_height;
    const uint8_t *x = uk_row(&arguments->operands[0], image + rows[row % p->out_height]);
    uint8_t *y = uk_row(&arguments->operands[3], row);
    for (size_t column = 0; column < p->out_width; ++column, y += pixel_bytes) {
      memcpy(y, x + columns[column] * pixel_bytes, pixel_bytes);
    }
  }
}
