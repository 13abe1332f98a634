// SPDX-License-Identifier: Apache-2.0
// A window of 5×5 that slides along a row. Its groups of taps are rows 0 … 3 of each column, then
// columns 0 … 3 of row 4, then the last tap alone. The input is brought into groups a stretch of
// columns at a time. Part of uk_s8_dwconv_quads.h, once for each width.

/// Input columns brought into groups: under rows 0 … 3, and from row 4 the column and the next 3.
typedef struct UK_QUAD(uk_stretch) {
  UK_QUAD(uk_group) column[UK_STRETCH_COLUMNS], row[UK_STRETCH_COLUMNS];
} UK_QUAD(uk_stretch);

/// Brings the channels from `first` on in the order of groups, at `block`.
UK_TARGET static void UK_QUAD(uk_order_5x5)(void *block, const uk_channels *c, size_t first,
                                            int32_t zero_point) {
  UK_QUAD(uk_quads) *q = block;
  const int8_t *w = (const int8_t *)c->weights + first;
  for (int group = 0; group < 7; ++group) {
    UK_BITS taps[4] = {0};
    for (int i = 0; i < 4; ++i) {
      const int tap = group < 5 ? 5 * i + group : 20 + 4 * (group - 5) + i;
      if (tap < 25) taps[i] = UK_QUAD(uk_load)(w + tap * c->tap_pitch);
    }
    q->weights[group] = UK_QUAD(uk_interleave)(taps);
  }
  UK_QUAD(uk_order_sums)(q, c, first, 7, 25, zero_point);
}

/// Loads `count` columns from `column` on. Behind the last one, row 4 repeats it, for weights of 0.
UK_INLINE UK_TARGET void UK_QUAD(uk_load_stretch)(const uk_slide *s, int64_t column,
                                                  int count, UK_QUAD(uk_stretch) *to) {
  UK_BITS last = UK_QUAD(uk_load_flipped)(s->pad);
  UK_BITS pairs[3][2];  // of row 4: columns x − 3 and x − 2, x − 2 and x − 1, x − 1 and x
  for (int i = 0; i < 6; ++i) pairs[i / 2][i % 2] = last;
  for (int x = 0; x < count + 3; ++x) {
    UK_BITS fresh = last;
    if (x < count) {
      UK_BITS rows[5];
      UK_UNROLL for (int i = 0; i < 5; ++i) {
        const int inside = (uint64_t)(column + x) < s->width;
        rows[i] = UK_QUAD(uk_load_flipped)(
            inside ? s->x[i] + (column + x) * (int64_t)s->x_step[i] : s->pad);
      }
      fresh = rows[4];
      to->column[x] = UK_QUAD(uk_interleave)(rows);
    }
    UK_UNROLL for (int i = 0; i < 4; ++i) pairs[i / 2][i % 2] = pairs[i / 2 + 1][i % 2];
    pairs[2][0] = UK_MM(unpacklo_epi8)(last, fresh);
    pairs[2][1] = UK_MM(unpackhi_epi8)(last, fresh);
    last = fresh;
    if (x < 3) continue;
    UK_UNROLL for (int half = 0; half < 2; ++half) {
      UK_BITS *v = &to->row[x - 3].v[2 * half];
      v[0] = UK_MM(unpacklo_epi16)(pairs[0][half], pairs[2][half]);
      v[1] = UK_MM(unpackhi_epi16)(pairs[0][half], pairs[2][half]);
    }
  }
}

/// `count` neighbouring pixels at `y`, the first under the first column of `x`.
UK_INLINE UK_TARGET void UK_QUAD(uk_5x5_pixels)(const UK_QUAD(uk_quads) *q,
                                                const UK_QUAD(uk_quad_output) *output,
                                                const uk_s8_steps *s8,
                                                const UK_QUAD(uk_stretch) *x, int column,
                                                const int stride, const int count, uint8_t *y,
                                                size_t y_step) {
  UK_BITS steps[2][4];
  UK_UNROLL for (int j = 0; j < 4; ++j) {
    UK_BITS sum[2];
    UK_UNROLL for (int i = 0; i < count; ++i) sum[i] = (UK_BITS)q->bias[j];
    UK_UNROLL for (int group = 0; group < 7; ++group) {
      const UK_BITS w = q->weights[group].v[j];
      UK_UNROLL for (int i = 0; i < count; ++i) {
        const int at = column + stride * i + (group < 5 ? group : 4 * (group - 5));
        sum[i] = UK_DPBUSD(sum[i], group < 5 ? x->column[at].v[j] : x->row[at].v[j], w);
      }
    }
    UK_NO_UNROLL for (int part = 0; part < s8->zero_parts; ++part) {
      UK_UNROLL for (int group = 0; group < 7; ++group) {
        const int32_t z = group < 6 ? s8->zero_part * 0x01010101 : s8->zero_part;
        UK_UNROLL for (int i = 0; i < count; ++i) {
          const int at = column + stride * i + (group < 5 ? group : 4 * (group - 5));
          sum[i] = UK_DPBUSD(sum[i], group < 5 ? x->column[at].v[j] : x->row[at].v[j],
                             (UK_BITS)(UK_QUAD(uk_quad_i32))z);
        }
      }
    }
    UK_UNROLL for (int i = 0; i < count; ++i) steps[i][j] = UK_QUAD(uk_scale_quads)(q, j, sum[i]);
  }
  UK_UNROLL for (int i = 0; i < count; ++i) {
    const UK_BITS bytes = UK_QUAD(uk_pack_quads)(steps[i], output);
    memcpy(y + i * y_step, &bytes, sizeof bytes);
  }
}

/// One output row of the channels from `first` on.
UK_INLINE UK_TARGET void UK_QUAD(uk_5x5_over)(const UK_QUAD(uk_quads) *q, const uk_slide *slide,
                                              size_t first, const uk_s8_steps *steps,
                                              const int stride) {
  const UK_QUAD(uk_quad_output) output = UK_QUAD(uk_make_output)(steps->output);
  const int most = (UK_STRETCH_COLUMNS - 5) / stride + 1;
  const uk_slide s = uk_slide_from(slide, first);
  UK_QUAD(uk_stretch) x;
  for (uint32_t pixel = 0; pixel < s.out_width;) {
    const uint32_t rest = s.out_width - pixel;
    const int count = rest < (uint32_t)most ? (int)rest : most;
    UK_QUAD(uk_load_stretch)(&s, s.column + (int64_t)stride * pixel, stride * (count - 1) + 5, &x);
    uint8_t *y = s.y[0] + pixel * s.y_step;
    int i = 0;
    for (; i + 2 <= count; i += 2, y += 2 * s.y_step) {
      UK_QUAD(uk_5x5_pixels)(q, &output, steps, &x, stride * i, stride, 2, y, s.y_step);
    }
    if (i < count) {
      UK_QUAD(uk_5x5_pixels)(q, &output, steps, &x, stride * i, stride, 1, y, s.y_step);
    }
    pixel += (uint32_t)count;
  }
}

UK_TARGET static __attribute__((noinline)) void UK_QUAD(uk_5x5_block)(
    const void *block, const uk_slide *slide, size_t first, const uk_s8_steps *steps) {
  if (slide->stride == 2) {
    UK_QUAD(uk_5x5_over)(block, slide, first, steps, 2);
  } else {
    UK_QUAD(uk_5x5_over)(block, slide, first, steps, 1);
  }
}
