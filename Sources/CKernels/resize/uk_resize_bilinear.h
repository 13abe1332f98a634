// SPDX-License-Identifier: Apache-2.0
// Bilinear resize over NHWC of UK_ELEMENT (float or int8_t), as `uk_resize_parameters` says. Rows
// are output rows; y does not overlap x.
//
// The kernel's family defines uk_load_element and uk_store_element, for a float and, with vectors,
// uk_load_elements for a vector.

#include "../support/uk_rows.h"

UK_INLINE float uk_mix(float a, float b, float fraction) { return UK_MULADD(b - a, fraction, a); }

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vf uk_mix(uk_vf a, uk_vf b, float fraction) {
  return UK_MULADD(b - a, uk_splat(fraction), a);
}
#endif

/// One output pixel from the four around it: (top, bottom) rows and (a, b) columns.
typedef struct uk_corners {
  const UK_ELEMENT *top_a, *top_b, *bottom_a, *bottom_b;
} uk_corners;

UK_INLINE void uk_mix_pixel(uk_corners x, float column_fraction, float row_fraction,
                            UK_ELEMENT *y, size_t channels) {
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  // The last vector repeats channels of the one before it.
  for (size_t next = 0; next < channels && channels >= UK_WIDTH; next += UK_WIDTH) {
    c = next + UK_WIDTH <= channels ? next : channels - UK_WIDTH;
    const uk_vf top =
        uk_mix(uk_load_elements(x.top_a + c), uk_load_elements(x.top_b + c), column_fraction);
    const uk_vf bottom =
        uk_mix(uk_load_elements(x.bottom_a + c), uk_load_elements(x.bottom_b + c), column_fraction);
    uk_store_element(y + c, uk_mix(top, bottom, row_fraction));
    c = channels;
  }
#endif
  for (; c < channels; ++c) {
    const float top = uk_mix((float)x.top_a[c], (float)x.top_b[c], column_fraction);
    const float bottom = uk_mix((float)x.bottom_a[c], (float)x.bottom_b[c], column_fraction);
    uk_store_element(y + c, uk_mix(top, bottom, row_fraction));
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_resize_parameters *p = arguments->parameters;
  const uk_rows *x = &arguments->operands[0];
  const uk_resize_tap *rows = (const uk_resize_tap *)arguments->operands[1].data;
  const uk_resize_tap *columns = (const uk_resize_tap *)arguments->operands[2].data;
  const size_t channels = p->channels;
  for (uint32_t row = begin; row < end; ++row) {
    const uk_resize_tap vertical = rows[row % p->out_height];
    const size_t image = (size_t)(row / p->out_height) * p->in_height;
    const UK_ELEMENT *top = (const UK_ELEMENT *)uk_row(x, image + vertical.first);
    const UK_ELEMENT *bottom = (const UK_ELEMENT *)uk_row(x, image + vertical.second);
    UK_ELEMENT *y = (UK_ELEMENT *)uk_row(&arguments->operands[3], row);
    for (size_t column = 0; column < p->out_width; ++column, y += channels) {
      const uk_resize_tap horizontal = columns[column];
      const size_t a = horizontal.first * channels, b = horizontal.second * channels;
      uk_mix_pixel((uk_corners){top + a, top + b, bottom + a, bottom + b}, horizontal.fraction,
                   vertical.fraction, y, channels);
    }
  }
}
