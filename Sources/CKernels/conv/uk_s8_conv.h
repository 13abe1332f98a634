// SPDX-License-Identifier: Apache-2.0
// The int8 convolution: for each output pixel of a block a list of pointers to its taps, then a
// product. Include one of uk_s8_<isa>.h first.
#include "uk_s8_conv_rows.h"
#include "uk_s8_conv_taps.h"

/// Points to the taps of a run of pixels, `at` in the block, in padded rows.
UK_INLINE UK_TARGET void uk_s8_conv_point_padded(const uk_s8_conv_block *block, size_t count,
                                                 uk_run run, size_t at) {
  const uk_window *window = block->window;
  const size_t pixel = uk_round_up(window->in_channels, 4);
  const size_t step = window->stride_width * pixel;
  const size_t row_taps = uk_s8_conv_taps(window, UK_STEPS) / window->kernel_height;
  const void **a = block->a + at;
  for (size_t ky = 0; ky < window->kernel_height; ++ky) {
    for (size_t kx = 0; kx < row_taps; ++kx, a += count) {
      const int8_t *x = block->copied + UK_STEPS * (ky * uk_s8_conv_padded_row_bytes(window)
                        + kx * window->dilation_width * pixel + run.column * step);
      for (size_t j = 0; j < run.count; ++j) a[j] = x + UK_STEPS * j * step;
    }
  }
}

/// Points to the taps and outputs of `count` output pixels from `first` on. Pointers into padded
/// rows are those of the row before, if both rows are whole; `follows` tells that there is one.
UK_INLINE UK_TARGET void uk_s8_conv_point_block(const uk_s8_conv_block *block, uint64_t first,
                                                size_t count, int follows) {
  const uk_window *window = block->window;
  size_t i = 0;
  while (i < count) {
    const uk_run run = uk_window_run(window, first + i, first + count);
    int8_t *y = (int8_t *)uk_row(&block->operands[5 + UK_RESIDUAL], run.row);
    const int8_t *residual = (const int8_t *)uk_row(&block->operands[5], run.row);
    for (size_t j = 0; j < run.count; ++j) {
      const size_t output = (run.column + j) * window->out_channels;
      block->y[i + j] = y + output;
      if (UK_RESIDUAL) block->residual[i + j] = residual + output;
    }
    if (uk_s8_conv_pads_rows(window, UK_STEPS)) {
      if (!follows || count < window->out_width) uk_s8_conv_point_padded(block, count, run, i);
    } else {
      uk_s8_conv_point_image(block, count, run, i);
    }
    i += run.count;
  }
}

/// What a run of pixels starts from, by the sums over the windows of padded rows.
UK_INLINE UK_TARGET void uk_s8_conv_starts(const uk_s8_conv_block *block, uk_run run,
                                           int32_t zero_point, int32_t *restrict starts) {
  const size_t step = block->window->stride_width;
  const int32_t *restrict sums = block->window_sums + run.column * step;
  const uint32_t factor = (uint32_t)(-128 - zero_point);
  _Pragma("clang loop vectorize(disable)")  // a gather is slower
  for (size_t j = 0; j < run.count; ++j) starts[j] = (int32_t)(factor * (uint32_t)sums[j * step]);
}

/// Output pixels `first ..< last`, whose padded rows are there.
UK_INLINE UK_TARGET void uk_s8_conv_run(const uk_s8_conv_block *block, uk_s8_product *product,
                                        uint64_t first, uint64_t last, int32_t zero_point,
                                        int follows, int keeps, int32_t *starts) {
  uint32_t count;
  for (; first < last; first += count) {
    count = uk_even_block(last - first, uk_s8_conv_pixels(block->window, UK_STEPS));
    uk_s8_conv_point_block(block, first, count, follows);
    product->pitch = count;
    if (keeps || product->starts == NULL) {
      // Flipped rows are not summed.
    } else if (block->window_sums != NULL) {
      const uk_run run = uk_window_run(block->window, first, first + count);
      uk_s8_conv_starts(block, run, zero_point, starts);
    } else {
      uk_s8_row_starts(block->a, product->taps, count, 4 * product->groups, count, zero_point,
                       starts);
    }
    uk_s8_block(product, count, keeps);
  }
}

UK_INLINE UK_TARGET void uk_s8_conv(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const int is_padded = uk_s8_conv_pads_rows(window, UK_STEPS);
  const size_t depth = uk_window_taps(window) * uk_round_up(window->in_channels, 4);
  const size_t taps = uk_s8_conv_taps(window, UK_STEPS);
  const int has_sums = UK_STEPS == 1 && is_padded && window->in_channels <= 4;
  int8_t *behind = (int8_t *)scratch + uk_s8_conv_copied_bytes(window, UK_STEPS);
  int32_t *window_sums =
      (int32_t *)scratch + window->kernel_height * uk_s8_conv_padded_row_bytes(window) / 4;
  int8_t *y[UK_S8_ROWS];
  const int8_t *residual[UK_S8_ROWS];
  _Alignas(16) int32_t starts[UK_S8_ROWS];
  _Alignas(64) int32_t bias[UK_S8_FLIPPED_COLUMNS];
  const uk_s8_conv_block block = {
      .window = window,
      .operands = operands,
      .copied = scratch,
      .window_sums = has_sums ? window_sums : NULL,
      .a = (const void **)behind,
      .y = y,
      .residual = residual,
  };
  uk_s8_product product = {
      .a = block.a,
      .taps = taps,
      .groups = depth / taps / 4,
      .starts = starts,
      .weights = (const int8_t *)operands[1].data,
      .panel_bytes = depth * UK_PANEL,
      .bias = (const int32_t *)operands[2].data,
      .outputs = {
          .scale = (const float *)operands[3].data,
          .output = &p->output,
          .y = y,
          .columns = window->out_channels,
          .residual = UK_RESIDUAL ? residual : NULL,
          .add = (const uk_s8_residual *)(p + 1),
      },
  };
  const uint64_t width = window->out_width;
  const int32_t zero_point = p->weights_zero_point;
  const int keeps = is_padded && uk_s8_keeps(&product, width, zero_point);
  if (!keeps) uk_s8_flip_product(&product, (end - begin) * width, zero_point, bias);
  if (!is_padded) {
    uk_s8_conv_run(&block, &product, begin * width, end * width, zero_point, 0, 0, starts);
    return;
  }
  const uk_pixel_order order = uk_make_pixel_order(window->in_channels % 4);
  for (uint32_t row = begin; row < end; ++row) {
    uk_s8_conv_pad_rows(window, operands, row, row > begin, order, keeps, scratch);
#if UK_STEPS == 1
    if (has_sums && !keeps && product.starts != NULL) {
      uk_s8_sum_windows(window, scratch, window_sums);
    }
#endif
    uk_s8_conv_run(&block, &product, row * width, (row + 1) * width, zero_point, row > begin,
                   keeps, starts);
  }
}
