// SPDX-License-Identifier: Apache-2.0
// A window of 3×3 that slides along rows on UK_SLIDE_LANES channels, its weights in registers.
// Included once for each width.
//
// Each sum runs over the taps in order; up to four of them run side by side.

#if UK_SLIDE_LANES == 16
#define UK_WIDE(name) name##_16
#elif UK_SLIDE_LANES == 8
#define UK_WIDE(name) name##_8
#else
#define UK_WIDE(name) name##_4
#endif

typedef float UK_WIDE(uk_wide) __attribute__((ext_vector_type(UK_SLIDE_LANES)));

/// The input under one column of a window, or of two of them one below the other.
typedef struct UK_WIDE(uk_column) {
  UK_WIDE(uk_wide) v[4];
} UK_WIDE(uk_column);

UK_INLINE UK_TARGET UK_WIDE(uk_wide) UK_WIDE(uk_load)(const void *x) {
  UK_WIDE(uk_wide) lanes;
  memcpy(&lanes, x, sizeof lanes);
  return lanes;
}

UK_INLINE UK_TARGET UK_WIDE(uk_wide) UK_WIDE(uk_add_tap)(UK_WIDE(uk_wide) x, UK_WIDE(uk_wide) w,
                                                         UK_WIDE(uk_wide) sum) {
#if UK_FUSED
  return __builtin_elementwise_fma(x, w, sum);
#else
  const UK_WIDE(uk_wide) product = x * w;
  return sum + product;
#endif
}

UK_INLINE UK_TARGET UK_WIDE(uk_wide) UK_WIDE(uk_clamp)(UK_WIDE(uk_wide) x,
                                                       const uk_f32_taps *taps) {
  const UK_WIDE(uk_wide) min = taps->min, max = taps->max;
  x = x > min ? x : min;
  return x < max ? x : max;
}

UK_INLINE UK_TARGET UK_WIDE(uk_column) UK_WIDE(uk_next_column)(uk_slide *s, const int height) {
  UK_WIDE(uk_column) x;
  if ((uint64_t)s->column++ < s->width) {
    UK_UNROLL for (int i = 0; i < height; ++i) {
      x.v[i] = UK_WIDE(uk_load)(s->x[i]);
      s->x[i] += s->x_step[i];
    }
  } else {
    UK_UNROLL for (int i = 0; i < height; ++i) x.v[i] = UK_WIDE(uk_load)(s->pad);
  }
  return x;
}

/// `count` neighbouring pixels of `rows` output rows, from `pixel` on; the window of the i-th
/// starts at column `stride · i` of `x`.
UK_INLINE UK_TARGET void UK_WIDE(uk_slide_pixels)(const uk_slide *s, const uk_f32_taps *taps,
                                                  size_t first, const UK_WIDE(uk_wide) *w,
                                                  const UK_WIDE(uk_column) *x, size_t pixel,
                                                  const int stride, const int count,
                                                  const int rows) {
  UK_WIDE(uk_wide) sum[4];
  UK_UNROLL for (int i = 0; i < rows * count; ++i) sum[i] = UK_WIDE(uk_load)(taps->bias + first);
  UK_UNROLL for (int tap = 0; tap < 9; ++tap) {
    UK_UNROLL for (int i = 0; i < rows * count; ++i) {
      const int row = i / count + tap / 3, column = stride * (i % count) + tap % 3;
      sum[i] = UK_WIDE(uk_add_tap)(x[column].v[row], w[tap], sum[i]);
    }
  }
  UK_UNROLL for (int i = 0; i < rows * count; ++i) {
    sum[i] = UK_WIDE(uk_clamp)(sum[i], taps);
    memcpy(s->y[i / count] + (pixel + i % count) * s->y_step, &sum[i], sizeof sum[i]);
  }
}

/// `rows` output rows, 1 or 2, of the channels from `first` on.
UK_INLINE UK_TARGET void UK_WIDE(uk_slide_over)(const uk_slide *slide, size_t first,
                                                const uk_f32_taps *taps, const int stride,
                                                const int rows) {
  const int height = 2 + rows, kept = 3 - stride;
  uk_slide s = uk_slide_from(slide, first * sizeof(float));
  UK_WIDE(uk_wide) w[9];
  UK_UNROLL for (int tap = 0; tap < 9; ++tap) {
    w[tap] = UK_WIDE(uk_load)(taps->weights + tap * taps->pitch + first);
  }
  UK_WIDE(uk_column) x[5];
  UK_UNROLL for (int i = 0; i < kept; ++i) x[i] = UK_WIDE(uk_next_column)(&s, height);
  size_t pixel = 0;
  for (; pixel + UK_SLIDE_PIXELS <= s.out_width; pixel += UK_SLIDE_PIXELS) {
    UK_UNROLL for (int i = 0; i < UK_SLIDE_PIXELS * stride; ++i) {
      x[kept + i] = UK_WIDE(uk_next_column)(&s, height);
    }
    UK_WIDE(uk_slide_pixels)(&s, taps, first, w, x, pixel, stride, UK_SLIDE_PIXELS, rows);
    x[0] = x[UK_SLIDE_PIXELS * stride];
    if (kept == 2) x[1] = x[UK_SLIDE_PIXELS * stride + 1];
  }
  if (pixel == s.out_width) return;
  UK_UNROLL for (int i = 0; i < stride; ++i) x[kept + i] = UK_WIDE(uk_next_column)(&s, height);
  UK_WIDE(uk_slide_pixels)(&s, taps, first, w, x, pixel, stride, 1, rows);
}

UK_TARGET static __attribute__((noinline)) void UK_WIDE(uk_slide_span)(const uk_slide *slide,
                                                                       size_t first,
                                                                       const uk_f32_taps *taps) {
  if (slide->stride == 2) {
    UK_WIDE(uk_slide_over)(slide, first, taps, 2, 1);
  } else if (slide->rows == 1) {
    UK_WIDE(uk_slide_over)(slide, first, taps, 1, 1);
  } else {
    UK_WIDE(uk_slide_over)(slide, first, taps, 1, 2);
  }
}

#include "uk_f32_dwconv_5x5.h"

#undef UK_SLIDE_LANES
#undef UK_WIDE
