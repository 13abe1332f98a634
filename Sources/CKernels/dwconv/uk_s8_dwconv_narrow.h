// SPDX-License-Identifier: Apache-2.0
// A window of 3×3 that slides along rows of few channels: a vector has the channels of several
// neighbouring pixels. The columns of their windows are the same vector, a pixel to the left and to
// the right. Needs the masks of AVX-512.

/// The channels of a pixel so often as a vector takes them.
typedef struct uk_narrow {
  int8_t weights[9][64];
  int32_t bias[64];
  float scale[64];
  uint8_t pad[64];
  uint32_t channels, pixels;  // of a vector
} uk_narrow;

/// Fills `total` bytes with the first `bytes` of `from`, again and again.
UK_INLINE void uk_repeat(void *to, const void *from, size_t bytes, size_t total) {
  memcpy(to, from, bytes);
  for (size_t done = bytes; done < total;) {
    const size_t more = done < total - done ? done : total - done;
    memcpy((uint8_t *)to + done, to, more);
    done += more;
  }
}

UK_TARGET static void uk_repeat_channels(const uk_channels *c, uk_narrow *n) {
  memset(n, 0, sizeof *n);
  n->channels = c->count;
  n->pixels = 64 / c->count;
  const size_t total = n->pixels * n->channels;
  for (int tap = 0; tap < 9; ++tap) {
    const int8_t *w = (const int8_t *)c->weights + tap * c->tap_pitch;
    uk_repeat(n->weights[tap], w, c->count, total);
  }
  uk_repeat(n->bias, c->bias, c->count * sizeof(int32_t), total * sizeof(int32_t));
  uk_repeat(n->scale, c->scale, c->count * sizeof(float), total * sizeof(float));
  uk_repeat(n->pad, c->pad, c->count, total);
}

/// The bytes of a vector that pixels `first ..< stop` of it have.
UK_INLINE __mmask64 uk_narrow_mask(const uk_narrow *n, int64_t first, int64_t stop) {
  if (first < 0) first = 0;
  if (stop > n->pixels) stop = n->pixels;
  if (first >= stop) return 0;
  const uint64_t bytes = (uint64_t)(stop - first) * n->channels;
  return (~0ull >> (64 - bytes)) << (uint64_t)first * n->channels;
}

/// The pixels from column `column` on under `height` rows.
UK_INLINE UK_TARGET uk_group_64 uk_narrow_column(const uk_slide *s, const uk_narrow *n,
                                                 int64_t column, const int height) {
  const __mmask64 inside = uk_narrow_mask(n, -column, (int64_t)s->width - column);
  const __m512i pad = _mm512_loadu_si512(n->pad);
  __m512i x[4];
  UK_UNROLL for (int i = 0; i < height; ++i) {
    const uint8_t *at = s->x[i] + column * (int64_t)n->channels;
    // A masked load that touches an absent page is slow: the pad may lie before one.
    x[i] = s->x_step[i] == 0 ? pad : _mm512_mask_loadu_epi8(pad, inside, at);
    x[i] ^= _mm512_set1_epi8((char)0x80);
  }
  if (height == 3) x[3] = x[2];
  return uk_interleave_64(x);
}

/// `rows` output rows, 1 or 2.
UK_INLINE UK_TARGET void uk_narrow_over(const uk_quads_64 *q, const uk_slide *s, const uk_narrow *n,
                                        const uk_s8_steps *steps, const int rows) {
  const uk_quad_output_64 output = uk_make_output_64(steps->output);
  for (uint32_t pixel = 0; pixel < s->out_width; pixel += n->pixels) {
    uk_group_64 x[3];
    UK_UNROLL for (int kx = 0; kx < 3; ++kx) {
      x[kx] = uk_narrow_column(s, n, s->column + pixel + kx, 2 + rows);
    }
    const __mmask64 mask = uk_narrow_mask(n, 0, (int64_t)s->out_width - pixel);
    UK_UNROLL for (int r = 0; r < rows; ++r) {
      __m512i y;
      uk_slide_pixels_64(q, &output, steps, x, 1, 1, r, (uint8_t *)&y, 0);
      _mm512_mask_storeu_epi8(s->y[r] + pixel * s->y_step, mask, y);
    }
  }
}

UK_TARGET static void uk_s8_narrow(const uk_channels *c, const uk_s8_window_parameters *p,
                                   const uk_rows *y, uint32_t begin, uint32_t end) {
  const uk_s8_steps steps = uk_make_steps(p);
  uk_narrow n;
  uk_repeat_channels(c, &n);
  const uk_channels repeated = {.weights = n.weights, .bias = n.bias, .scale = n.scale,
                                .tap_pitch = 64};
  _Alignas(64) uint8_t block[64 * (8 + 4 * 3)];
  uk_order_columns_64(block, &repeated, 0, p->weights_zero_point);
  for (uint32_t row = begin; row < end;) {
    const uk_slide slide = uk_make_slide(c, y, row, end, 1);
    if (slide.rows == 2) {
      uk_narrow_over((const uk_quads_64 *)block, &slide, &n, &steps, 2);
    } else {
      uk_narrow_over((const uk_quads_64 *)block, &slide, &n, &steps, 1);
    }
    row += slide.rows;
  }
}
