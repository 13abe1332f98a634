// SPDX-License-Identifier: Apache-2.0
// The scalar gradient of a layer's weights, one sum after another. The including file chooses the
// float class.
#include "../support/uk_elements.h"

/// Element `k` under the window of output pixel `pixel`; 0 outside the image.
UK_INLINE float uk_window_element(const uk_window *w, const float *x, uint64_t pixel, uint64_t k) {
  const uint64_t tap = k / w->in_channels, row = pixel / w->out_width;
  const uint64_t image = row / w->out_height;
  const int64_t in_row = (int64_t)(row % w->out_height) * w->stride_height - w->pad_top +
                         (int64_t)(tap / w->kernel_width) * w->dilation_height;
  const int64_t in_column = (int64_t)(pixel % w->out_width) * w->stride_width - w->pad_left +
                            (int64_t)(tap % w->kernel_width) * w->dilation_width;
  if (in_row < 0 || in_row >= w->in_height || in_column < 0 || in_column >= w->in_width) return 0;
  const uint64_t in_pixel =
      (image * w->in_height + (uint64_t)in_row) * w->in_width + (uint64_t)in_column;
  return x[in_pixel * w->in_channels + k % w->in_channels];
}

/// The sum of element `k` and column `column`, blocks joined as `uk_join` does.
UK_INLINE float uk_weight_sum(const uk_window *w, const float *x, const float *dy, uint64_t k,
                              uint64_t column) {
  const uint64_t pixels = uk_window_pixels(w);
  float sums[32], sum = 0;
  size_t depth = 0;
  for (uint64_t first = 0, block = 0; first < pixels; first += UK_SUM_BLOCK_ROWS, ++block) {
    const uint64_t rest = pixels - first;
    const uint64_t end = first + (rest < UK_SUM_BLOCK_ROWS ? rest : UK_SUM_BLOCK_ROWS);
    sum = 0;
    for (uint64_t pixel = first; pixel < end; ++pixel) {
      sum = UK_MULADD(uk_window_element(w, x, pixel, k), dy[pixel * w->out_channels + column], sum);
    }
    for (uint64_t carry = block; carry & 1; carry >>= 1) sum = sums[--depth] + sum;
    sums[depth++] = sum;
  }
  sum = sums[--depth];
  while (depth > 0) sum = sums[--depth] + sum;
  return sum;
}

UK_INLINE void uk_f32_weight_gradient_scalar(const uk_window *w, const uk_rows *operands,
                                             uint32_t begin, uint32_t end) {
  const float *x = (const float *)operands[0].data, *dy = (const float *)operands[1].data;
  float *y = (float *)operands[2].data;
  const uint64_t depth = uk_window_depth(w), unit = uk_gradient_unit_depth(depth);
  const uint64_t units = uk_gradient_depth_units(depth);
  for (uint64_t u = begin; u < end; ++u) {
    const uint64_t first = u / units * UK_GRADIENT_COLUMNS, last = first + UK_GRADIENT_COLUMNS;
    for (uint64_t column = first; column < last; ++column) {
      float *panel = y + column / 16 * 16 * depth;
      for (uint64_t k = u % units * unit; k < depth && k < (u % units + 1) * unit; ++k) {
        if (column < w->out_channels) {
          panel[k * 16 + column % 16] = uk_weight_sum(w, x, dy, k, column);
        } else if (column / 16 * 16 < w->out_channels) {
          panel[k * 16 + column % 16] = 0;
        }
      }
    }
  }
}
