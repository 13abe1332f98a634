// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "../support/uk_rows.h"

/// One output row; `bytes`, the size of a pixel, is a constant where it is small.
static inline __attribute__((always_inline)) void uk_nearest_row(
    const uint8_t *x, uint8_t *y, const uint32_t *columns, uint32_t width, size_t bytes) {
  for (size_t column = 0; column < width; ++column, y += bytes) {
    memcpy(y, x + columns[column] * bytes, bytes);
  }
}

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
    switch (pixel_bytes) {
      case 1: uk_nearest_row(x, y, columns, p->out_width, 1); break;
      case 2: uk_nearest_row(x, y, columns, p->out_width, 2); break;
      case 3: uk_nearest_row(x, y, columns, p->out_width, 3); break;
      case 4: uk_nearest_row(x, y, columns, p->out_width, 4); break;
      case 8: uk_nearest_row(x, y, columns, p->out_width, 8); break;
      case 12: uk_nearest_row(x, y, columns, p->out_width, 12); break;
      case 16: uk_nearest_row(x, y, columns, p->out_width, 16); break;
      default: uk_nearest_row(x, y, columns, p->out_width, pixel_bytes); break;
    }
  }
}
