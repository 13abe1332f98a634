// SPDX-License-Identifier: Apache-2.0
// A window of 5×5 that slides along a row: several sums side by side, for which each input column
// of a kernel row is loaded once. Part of uk_f32_dwconv_slide.h, once for each width.

/// `count` neighbouring pixels at `y`, the first under column `column`; `outside` where some of
/// their columns may lie outside the image.
UK_INLINE UK_TARGET void UK_WIDE(uk_5x5_pixels)(const uk_slide *s, const uk_f32_taps *taps,
                                                size_t first, int64_t column, const int stride,
                                                const int count, const int outside, uint8_t *y) {
  const float *w = taps->weights + first;
  UK_WIDE(uk_wide) sum[UK_5X5_PIXELS];
  UK_UNROLL for (int i = 0; i < count; ++i) sum[i] = UK_WIDE(uk_load)(taps->bias + first);
  UK_NO_UNROLL for (int ky = 0; ky < 5; ++ky) {
    const size_t step = s->x_step[ky];
    const uint8_t *row = s->x[ky] + column * (int64_t)step;
    UK_WIDE(uk_wide) x[2 * UK_5X5_PIXELS + 3];
    UK_UNROLL for (int i = 0; i < stride * (count - 1) + 5; ++i) {
      const int inside = !outside || (uint64_t)(column + i) < s->width;
      x[i] = UK_WIDE(uk_load)(inside ? row + i * step : s->pad);
    }
    UK_UNROLL for (int kx = 0; kx < 5; ++kx, w += taps->pitch) {
      const UK_WIDE(uk_wide) weights = UK_WIDE(uk_load)(w);
      UK_UNROLL for (int i = 0; i < count; ++i) {
        sum[i] = UK_WIDE(uk_add_tap)(x[stride * i + kx], weights, sum[i]);
      }
    }
  }
  UK_UNROLL for (int i = 0; i < count; ++i) {
    sum[i] = UK_WIDE(uk_clamp)(sum[i], taps);
    memcpy(y + i * s->y_step, &sum[i], sizeof sum[i]);
  }
}

/// One output row of the channels from `first` on. The last pixels may be computed twice.
UK_INLINE UK_TARGET void UK_WIDE(uk_5x5_over)(const uk_slide *slide, size_t first,
                                              const uk_f32_taps *taps, const int stride) {
  const uk_slide s = uk_slide_from(slide, first * sizeof(float));
  const uint32_t width = s.out_width;
  const int last = stride * (UK_5X5_PIXELS - 1) + 4;
  if (width < UK_5X5_PIXELS) {
    for (uint32_t pixel = 0; pixel < width; ++pixel) {
      const int64_t column = s.column + (int64_t)stride * pixel;
      uint8_t *y = s.y[0] + pixel * s.y_step;
      UK_WIDE(uk_5x5_pixels)(&s, taps, first, column, stride, 1, 1, y);
    }
    return;
  }
  for (uint32_t done = 0; done < width; done += UK_5X5_PIXELS) {
    const uint32_t pixel = done + UK_5X5_PIXELS <= width ? done : width - UK_5X5_PIXELS;
    const int64_t column = s.column + (int64_t)stride * pixel;
    uint8_t *y = s.y[0] + pixel * s.y_step;
    if (column >= 0 && column + last < s.width) {
      UK_WIDE(uk_5x5_pixels)(&s, taps, first, column, stride, UK_5X5_PIXELS, 0, y);
    } else {
      UK_WIDE(uk_5x5_pixels)(&s, taps, first, column, stride, UK_5X5_PIXELS, 1, y);
    }
  }
}

UK_TARGET static __attribute__((noinline)) void UK_WIDE(uk_5x5_span)(const uk_slide *slide,
                                                                     size_t first,
                                                                     const uk_f32_taps *taps) {
  if (slide->stride == 2) {
    UK_WIDE(uk_5x5_over)(slide, first, taps, 2);
  } else {
    UK_WIDE(uk_5x5_over)(slide, first, taps, 1);
  }
}
