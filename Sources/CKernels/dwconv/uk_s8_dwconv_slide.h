// SPDX-License-Identifier: Apache-2.0
// A window of 3×3 that slides along rows: a group of taps is a column, its last tap 0, and the
// input under it is loaded and brought into groups once. Part of uk_s8_dwconv_quads.h, once for
// each width.

/// Brings the channels from `first` on in the order of groups, at `block`.
UK_TARGET static void UK_QUAD(uk_order_columns)(void *block, const uk_channels *c, size_t first,
                                                int32_t zero_point) {
  UK_QUAD(uk_quads) *q = block;
  const int8_t *w = (const int8_t *)c->weights + first;
  for (int kx = 0; kx < 3; ++kx) {
    UK_BITS rows[4] = {0};
    for (int ky = 0; ky < 3; ++ky) rows[ky] = UK_QUAD(uk_load)(w + (3 * ky + kx) * c->tap_pitch);
    q->weights[kx] = UK_QUAD(uk_interleave)(rows);
  }
  UK_QUAD(uk_order_sums)(q, c, first, 3, 9, zero_point);
}

/// The next column under `height` rows, 3 or 4; of 3, the last one counts twice.
UK_INLINE UK_TARGET UK_QUAD(uk_group) UK_QUAD(uk_next_column)(uk_slide *s, const int height) {
  UK_BITS x[4];
  if ((uint64_t)s->column++ < s->width) {
    UK_UNROLL for (int i = 0; i < height; ++i) {
      x[i] = UK_QUAD(uk_load_flipped)(s->x[i]);
      s->x[i] += s->x_step[i];
    }
  } else {
    UK_UNROLL for (int i = 0; i < height; ++i) x[i] = UK_QUAD(uk_load_flipped)(s->pad);
  }
  if (height == 3) x[3] = x[2];
  return UK_QUAD(uk_interleave)(x);
}

/// `count` neighbouring pixels at `y`; the window of the i-th starts at column `stride · i` of `x`
/// and at row `top`, 0 or 1.
UK_INLINE UK_TARGET void UK_QUAD(uk_slide_pixels)(const UK_QUAD(uk_quads) *q,
                                                  const UK_QUAD(uk_quad_output) *output,
                                                  const uk_s8_steps *s8,
                                                  const UK_QUAD(uk_group) *x, const int stride,
                                                  const int count, const int top, uint8_t *y,
                                                  size_t y_step) {
  UK_BITS steps[2][4];
  UK_UNROLL for (int j = 0; j < 4; ++j) {
    UK_BITS w[3], sum[2];
    UK_UNROLL for (int kx = 0; kx < 3; ++kx) {
      w[kx] = q->weights[kx].v[j];
      if (top) w[kx] = UK_MM(slli_epi32)(w[kx], 8);
    }
    UK_UNROLL for (int i = 0; i < count; ++i) {
      sum[i] = (UK_BITS)q->bias[j];
      UK_UNROLL for (int kx = 0; kx < 3; ++kx) {
        sum[i] = UK_DPBUSD(sum[i], x[stride * i + kx].v[j], w[kx]);
      }
    }
    UK_NO_UNROLL for (int part = 0; part < s8->zero_parts; ++part) {
      const UK_BITS z = UK_MM(set1_epi32)((int32_t)(0x010101u * s8->zero_part << 8 * top));
      UK_UNROLL for (int i = 0; i < 3 * count; ++i) {
        sum[i / 3] = UK_DPBUSD(sum[i / 3], x[stride * (i / 3) + i % 3].v[j], z);
      }
    }
    UK_UNROLL for (int i = 0; i < count; ++i) steps[i][j] = UK_QUAD(uk_scale_quads)(q, j, sum[i]);
  }
  UK_UNROLL for (int i = 0; i < count; ++i) {
    const UK_BITS bytes = UK_QUAD(uk_pack_quads)(steps[i], output);
    memcpy(y + i * y_step, &bytes, sizeof bytes);
  }
}

/// `rows` output rows, 1 or 2, of the channels from `first` on.
UK_INLINE UK_TARGET void UK_QUAD(uk_slide_over)(const UK_QUAD(uk_quads) *q, const uk_slide *slide,
                                                size_t first, const uk_s8_steps *steps,
                                                const int stride, const int rows) {
  const UK_QUAD(uk_quad_output) output = UK_QUAD(uk_make_output)(steps->output);
  const int height = 2 + rows, kept = 3 - stride;
  uk_slide s = uk_slide_from(slide, first);
  UK_QUAD(uk_group) x[5];
  UK_UNROLL for (int i = 0; i < kept; ++i) x[i] = UK_QUAD(uk_next_column)(&s, height);
  uint32_t pixel = 0;
  for (; pixel + UK_QUAD_PIXELS <= s.out_width; pixel += UK_QUAD_PIXELS) {
    UK_UNROLL for (int i = 0; i < UK_QUAD_PIXELS * stride; ++i) {
      x[kept + i] = UK_QUAD(uk_next_column)(&s, height);
    }
    UK_UNROLL for (int r = 0; r < rows; ++r) {
      uint8_t *y = s.y[r] + pixel * s.y_step;
      UK_QUAD(uk_slide_pixels)(q, &output, steps, x, stride, UK_QUAD_PIXELS, r, y, s.y_step);
    }
    x[0] = x[UK_QUAD_PIXELS * stride];
    if (kept == 2) x[1] = x[UK_QUAD_PIXELS * stride + 1];
  }
  if (pixel == s.out_width) return;
  UK_UNROLL for (int i = 0; i < stride; ++i) x[kept + i] = UK_QUAD(uk_next_column)(&s, height);
  UK_UNROLL for (int r = 0; r < rows; ++r) {
    uint8_t *y = s.y[r] + pixel * s.y_step;
    UK_QUAD(uk_slide_pixels)(q, &output, steps, x, stride, 1, r, y, s.y_step);
  }
}

UK_TARGET static __attribute__((noinline)) void UK_QUAD(uk_slide_block)(
    const void *block, const uk_slide *slide, size_t first, const uk_s8_steps *steps) {
  if (slide->stride == 2) {
    UK_QUAD(uk_slide_over)(block, slide, first, steps, 2, 1);
  } else if (slide->rows == 1) {
    UK_QUAD(uk_slide_over)(block, slide, first, steps, 1, 1);
  } else {
    UK_QUAD(uk_slide_over)(block, slide, first, steps, 1, 2);
  }
}
