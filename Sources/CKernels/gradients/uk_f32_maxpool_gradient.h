// SPDX-License-Identifier: Apache-2.0
// The gradient of maximum pooling over input rows `begin ..< end`; see uk_window_gradient.h.
// Windows that reach over the range's rows are looked at whole, and what they give to others is
// left out.
// The including file chooses vectors by one of uk_elementwise_<isa>.h.

#include "../support/uk_lanes.h"

/// The part of a window that is inside the image.
typedef struct uk_maxima {
  const float *x, *dy;   // the first tap; the output
  float *dx;             // where x is
  size_t row, pixel;     // elements from tap to tap
  size_t first, last;    // rows of the window that are written
} uk_maxima;

/// The channels of one vector. Windows that lie apart find no gradient of others in dx.
UK_INLINE void uk_pass_vector(const uk_maxima *m, size_t c, size_t left, const size_t height,
                              const size_t width, const int is_apart) {
  uk_vf greatest = uk_splat(-__builtin_inff());
  for (size_t i = 0; i < height; ++i) {
    for (size_t j = 0; j < width; ++j) {
      greatest = uk_max(uk_load_lanes(m->x + i * m->row + j * m->pixel + c, left), greatest);
    }
  }
  uk_vf rest = uk_load_lanes(m->dy + c, left);
  for (size_t i = 0; i < height; ++i) {
    for (size_t j = 0; j < width; ++j) {
      const size_t at = i * m->row + j * m->pixel + c;
      const uk_vf x = uk_load_lanes(m->x + at, left), zero = uk_splat(0);
      const uk_vf part = uk_select(x == greatest, rest, zero);
      rest = uk_select(x == greatest, zero, rest);
      if (i < m->first || i >= m->last) continue;
      const uk_vf sum = is_apart ? zero : uk_load_lanes(m->dx + at, left);
      uk_store_lanes(m->dx + at, sum + part, left);
    }
  }
}

UK_INLINE void uk_pass_channels(const uk_maxima *m, size_t channels, const size_t height,
                                const size_t width, const int is_apart) {
  size_t c = 0;
  for (; c + UK_WIDTH <= channels; c += UK_WIDTH) {
    uk_pass_vector(m, c, UK_WIDTH, height, width, is_apart);
  }
  if (c < channels) uk_pass_vector(m, c, channels - c, height, width, is_apart);
}

/// All channels of an output pixel; the usual windows by loops that leave none.
UK_INLINE void uk_pass_pixel(const uk_maxima *window, size_t channels, size_t height, size_t width,
                             const int is_apart) {
  uk_maxima m = *window;
  if (m.first > 0 || m.last < height || height != width || height < 2 || height > 3) {
    uk_pass_channels(&m, channels, height, width, is_apart);
    return;
  }
  m.first = 0;
  if (height == 2) {
    m.last = 2;
    uk_pass_channels(&m, channels, 2, 2, is_apart);
  } else {
    m.last = 3;
    uk_pass_channels(&m, channels, 3, 3, is_apart);
  }
}

/// One output row, whose window begins at image row `top`, for image rows `first ..< last`.
UK_INLINE void uk_pass_row(const uk_window *w, const float *x, const float *dy, float *dx,
                           int64_t top, int64_t first, int64_t last, const int is_apart) {
  const size_t channels = w->in_channels;
  const int64_t begin = top < 0 ? 0 : top;
  const int64_t end = top + w->kernel_height < w->in_height ? top + w->kernel_height : w->in_height;
  uk_maxima m = {.row = w->in_width * channels, .pixel = channels};
  m.first = first > begin ? (size_t)(first - begin) : 0;
  m.last = (size_t)((last < end ? last : end) - begin);
  for (uint32_t column = 0; column < w->out_width; ++column) {
    const int64_t left = (int64_t)column * w->stride_width - w->pad_left;
    const int64_t from = left < 0 ? 0 : left;
    const int64_t to = left + w->kernel_width < w->in_width ? left + w->kernel_width : w->in_width;
    const size_t at = ((size_t)begin * w->in_width + (size_t)from) * channels;
    m.x = x + at;
    m.dx = dx + at;
    m.dy = dy + column * channels;
    uk_pass_pixel(&m, channels, (size_t)(end - begin), (size_t)(to - from), is_apart);
  }
}

/// Rows `first ..< last` of one image.
UK_INLINE void uk_pass_image(const uk_window *w, const float *x, const float *dy, float *dx,
                             int64_t first, int64_t last) {
  const size_t in_row = (size_t)w->in_width * w->in_channels;
  const size_t out_row = (size_t)w->out_width * w->in_channels;
  const int is_apart = w->stride_height >= w->kernel_height && w->stride_width >= w->kernel_width;
  const int is_tiled = is_apart && w->stride_width == w->kernel_width && w->pad_left == 0 &&
                       (uint64_t)w->out_width * w->kernel_width == w->in_width;
  const int64_t before = first + w->pad_top - w->kernel_height;
  int64_t row = before < 0 ? 0 : before / w->stride_height + 1;
  int64_t cleared = first;
  for (; row < w->out_height; ++row) {
    const int64_t top = row * w->stride_height - w->pad_top;
    if (top >= last) break;
    int64_t clear = is_tiled ? top : top + w->kernel_height;
    if (clear > last) clear = last;
    if (clear > cleared) {
      memset(dx + (size_t)cleared * in_row, 0, (size_t)(clear - cleared) * in_row * sizeof *dx);
      cleared = clear;
    }
    if (is_apart) {
      uk_pass_row(w, x, dy + (size_t)row * out_row, dx, top, first, last, 1);
    } else {
      uk_pass_row(w, x, dy + (size_t)row * out_row, dx, top, first, last, 0);
    }
    if (is_tiled && top + w->kernel_height > cleared) cleared = top + w->kernel_height;
  }
  if (cleared < last) {
    memset(dx + (size_t)cleared * in_row, 0, (size_t)(last - cleared) * in_row * sizeof *dx);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_window *w = arguments->parameters;
  const size_t in_image = (size_t)w->in_height * w->in_width * w->in_channels;
  const size_t out_image = (size_t)w->out_height * w->out_width * w->in_channels;
  for (uint32_t row = begin; row < end;) {
    const uint32_t image = row / w->in_height, first = row % w->in_height;
    const uint32_t rest = w->in_height - first;
    const uint32_t rows = rest < end - row ? rest : end - row;
    uk_pass_image(w, (const float *)arguments->operands[0].data + image * in_image,
                  (const float *)arguments->operands[1].data + image * out_image,
                  (float *)arguments->operands[2].data + image * in_image, first, first + rows);
    row += rows;
  }
}
