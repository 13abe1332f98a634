// SPDX-License-Identifier: Apache-2.0
// The scalar gradients of a depthwise convolution, see uk_window_gradient.h, one sum after another.
// The including file chooses the float class.
#include "../support/uk_elements.h"

/// Row or column `at` of the image under a tap, or −1 outside.
UK_INLINE int64_t uk_under(uint64_t at, uint32_t stride, uint32_t tap, uint32_t dilation,
                           uint32_t padding, uint32_t extent) {
  const int64_t i = (int64_t)at * stride + (int64_t)tap * dilation - padding;
  return 0 <= i && i < extent ? i : -1;
}

/// The sum of tap (ky, kx) and channel `c`, blocks joined as `uk_join` does.
UK_INLINE float uk_tap_sum(const uk_window *w, const float *x, const float *dy, uint32_t ky,
                           uint32_t kx, uint64_t c) {
  const uint64_t pixels = uk_window_pixels(w);
  float sums[32], sum = 0;
  size_t depth = 0;
  for (uint64_t first = 0, block = 0; first < pixels; first += UK_SUM_BLOCK_ROWS, ++block) {
    const uint64_t rest = pixels - first;
    const uint64_t end = first + (rest < UK_SUM_BLOCK_ROWS ? rest : UK_SUM_BLOCK_ROWS);
    sum = 0;
    for (uint64_t pixel = first; pixel < end; ++pixel) {
      const uint64_t line = pixel / w->out_width, image = line / w->out_height;
      const int64_t row = uk_under(line % w->out_height, w->stride_height, ky, w->dilation_height,
                                   w->pad_top, w->in_height);
      const int64_t column = uk_under(pixel % w->out_width, w->stride_width, kx,
                                      w->dilation_width, w->pad_left, w->in_width);
      if (row < 0 || column < 0) continue;
      const uint64_t in_row = image * w->in_height + (uint64_t)row;
      const uint64_t input = in_row * w->in_width + (uint64_t)column;
      sum = UK_MULADD(x[input * w->in_channels + c], dy[pixel * w->in_channels + c], sum);
    }
    for (uint64_t carry = block; carry & 1; carry >>= 1) sum = sums[--depth] + sum;
    sums[depth++] = sum;
  }
  sum = sums[--depth];
  while (depth > 0) sum = sums[--depth] + sum;
  return sum;
}

/// Kernel rows of blocks of 16 channels, `begin ..< end`.
UK_INLINE void uk_f32_dwconv_weight_gradient_scalar(const uk_arguments *arguments, uint32_t begin,
                                                    uint32_t end) {
  const uk_window *w = arguments->parameters;
  const float *x = uk_elements(arguments, 0, 0), *dy = uk_elements(arguments, 1, 0);
  const uint64_t padded = uk_round_up(w->in_channels, UK_CHANNEL_BLOCK);
  for (uint64_t u = begin; u < end; ++u) {
    const uint64_t first = u / w->kernel_height * UK_CHANNEL_BLOCK;
    const uint32_t ky = u % w->kernel_height;
    for (uint32_t kx = 0; kx < w->kernel_width; ++kx) {
      float *y = uk_elements(arguments, 2, ((uint64_t)ky * w->kernel_width + kx) * padded);
      for (uint64_t c = first; c < first + UK_CHANNEL_BLOCK; ++c) {
        y[c] = c < w->in_channels ? uk_tap_sum(w, x, dy, ky, kx, c) : 0;
      }
    }
  }
}

/// The output row or column whose tap meets `at`, or −1.
UK_INLINE int64_t uk_over(uint64_t at, uint32_t stride, uint32_t tap, uint32_t dilation,
                          uint32_t padding, uint32_t extent) {
  const int64_t i = (int64_t)at + padding - (int64_t)tap * dilation;
  return 0 <= i && i % stride == 0 && i / stride < extent ? i / stride : -1;
}

/// Input rows `begin ..< end`, counted over all images.
UK_INLINE void uk_f32_dwconv_input_gradient_scalar(const uk_arguments *arguments, uint32_t begin,
                                                   uint32_t end) {
  const uk_window *w = arguments->parameters;
  const float *dy = uk_elements(arguments, 0, 0), *weights = uk_elements(arguments, 1, 0);
  const uint64_t channels = w->in_channels, padded = uk_round_up(channels, UK_CHANNEL_BLOCK);
  float *dx = uk_elements(arguments, 2, (uint64_t)begin * w->in_width * channels);
  for (uint64_t line = begin; line < end; ++line) {
    const uint64_t image = line / w->in_height;
    for (uint64_t i = 0; i < w->in_width * channels; ++i) {
      float sum = 0;
      for (uint64_t tap = 0; tap < uk_window_taps(w); ++tap) {
        const int64_t row =
            uk_over(line % w->in_height, w->stride_height, (uint32_t)(tap / w->kernel_width),
                    w->dilation_height, w->pad_top, w->out_height);
        const int64_t column =
            uk_over(i / channels, w->stride_width, (uint32_t)(tap % w->kernel_width),
                    w->dilation_width, w->pad_left, w->out_width);
        if (row < 0 || column < 0) continue;
        const uint64_t output =
            (image * w->out_height + (uint64_t)row) * w->out_width + (uint64_t)column;
        sum = UK_MULADD(dy[output * channels + i % channels],
                        weights[tap * padded + i % channels], sum);
      }
      *dx++ = sum;
    }
  }
}
