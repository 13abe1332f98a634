// SPDX-License-Identifier: Apache-2.0
// The int8 convolution by runs: padded copies of the input rows under some output rows, for each
// output pixel a list of pointers to its runs, then a product. Include one of uk_s8_<isa>.h first.
#include "uk_s8_runs_rows.h"

/// Some output rows, and the padded rows under them.
typedef struct uk_s8_runs {
  const uk_window *window;
  const uk_rows *operands;
  int8_t flip;            // what the bytes of padded rows are combined with
  size_t padded_bytes;
  int8_t *rows, *narrow;  // padded rows, and one to work in
  const void **a;         // [run][pixel]
  int8_t **y;
} uk_s8_runs;

/// Makes the padded rows under `count` output rows from `row` on. Those that `before` output rows
/// have left move up.
UK_INLINE UK_TARGET void uk_s8_runs_make_rows(const uk_s8_runs *runs, uint32_t row,
                                              uint32_t count, uint32_t before) {
  const uk_window *window = runs->window;
  const size_t stride = window->stride_height, height = window->kernel_height;
  const size_t end = uk_runs_input_rows(window, count);
  size_t i = 0;
  if (before > 0 && stride < height) {
    i = height - stride;
    memmove(runs->rows, runs->rows + before * stride * runs->padded_bytes, i * runs->padded_bytes);
  }
  const uint32_t image = row / window->out_height * window->in_height;
  const int64_t top = (int64_t)(row % window->out_height) * window->stride_height - window->pad_top;
  const int8_t *pad = (const int8_t *)runs->operands[4].data;
  for (; i < end; ++i) {
    const int64_t y = top + (int64_t)i;
    const int8_t *x = y < 0 || y >= window->in_height
                          ? NULL
                          : (const int8_t *)uk_row(&runs->operands[0], image + (uint32_t)y);
    int8_t *padded = runs->rows + i * runs->padded_bytes;
    uk_s8_runs_make_row(window, x, pad, runs->flip, runs->narrow, padded);
  }
}

/// Points to the runs of `count` output pixels from `first` on, counted from the first of the rows.
UK_INLINE UK_TARGET void uk_s8_runs_point(const uk_s8_runs *runs, uint32_t first, size_t count) {
  const uk_window *window = runs->window;
  const size_t step = window->stride_height * runs->padded_bytes;
  const int8_t **a = (const int8_t **)runs->a;
  uint32_t column = first % window->out_width;
  const int8_t *row = runs->rows + first / window->out_width * step;
  for (size_t i = 0; i < count; ++i) {
    a[i] = row + uk_s8_runs_offset(window, column);
    if (++column == window->out_width) row += step, column = 0;
  }
  for (size_t ky = 1; ky < window->kernel_height; ++ky, a += count) {
    for (size_t i = 0; i < count; ++i) a[count + i] = a[i] + runs->padded_bytes;
  }
}

/// Points to their outputs; `row` is the first of the rows.
UK_INLINE UK_TARGET void uk_s8_runs_point_outputs(const uk_s8_runs *runs, uint32_t row,
                                                  uint32_t first, size_t count) {
  const uk_window *window = runs->window;
  for (size_t i = 0; i < count;) {
    const uint64_t pixel = (uint64_t)row * window->out_width + first;
    const uk_run run = uk_window_run(window, pixel + i, pixel + count);
    int8_t *y = (int8_t *)uk_row(&runs->operands[5], run.row) + run.column * window->out_channels;
    for (size_t j = 0; j < run.count; ++j) runs->y[i + j] = y + j * window->out_channels;
    i += run.count;
  }
}

/// `count` output rows from `row` on, whose padded rows are there. Where they are as many as
/// `before` and one block, its pointers are there, too.
UK_INLINE UK_TARGET void uk_s8_runs_block(const uk_s8_runs *runs, uk_s8_product *product,
                                          uint32_t row, uint32_t count, uint32_t before,
                                          int32_t zero_point, int keeps, int32_t *starts) {
  const uint32_t pixels = count * runs->window->out_width;
  const uint32_t most = uk_runs_pixels(runs->window);
  uint32_t some;
  for (uint32_t first = 0; first < pixels; first += some) {
    some = uk_even_block(pixels - first, most);
    if (count != before || some < pixels) uk_s8_runs_point(runs, first, some);
    uk_s8_runs_point_outputs(runs, row, first, some);
    product->pitch = some;
    if (!keeps && product->starts != NULL) {
      uk_s8_runs_starts(runs->a, product->taps, 4 * product->groups, some, zero_point, starts);
    }
    uk_s8_block(product, some, keeps);
  }
}

UK_INLINE UK_TARGET void uk_s8_conv_runs(const uk_arguments *arguments, uint32_t begin,
                                         uint32_t end, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_window *window = &p->window;
  const uk_rows *operands = arguments->operands;
  const size_t groups = uk_round_up(uk_run_elements(window), 4) / 4;
  const int32_t zero_point = p->weights_zero_point;
  const uint64_t pixels = (uint64_t)(end - begin) * window->out_width;
  int8_t *y[UK_S8_ROWS];
  _Alignas(16) int32_t starts[UK_S8_ROWS];
  _Alignas(64) int32_t bias[UK_S8_FLIPPED_COLUMNS];
  uk_s8_runs runs = {
      .window = window,
      .operands = operands,
      .padded_bytes = uk_runs_padded_bytes(window, UK_STEPS),
      .rows = scratch,
      .a = (const void **)((int8_t *)scratch + uk_runs_copied_bytes(window)),
      .y = y,
  };
  const size_t most_rows = uk_runs_rows(window);
  runs.narrow = runs.rows + uk_runs_input_rows(window, most_rows) * runs.padded_bytes;
  uk_s8_product product = {
      .a = runs.a,
      .taps = window->kernel_height,
      .groups = groups,
      .starts = starts,
      .weights = (const int8_t *)operands[1].data,
      .panel_bytes = window->kernel_height * groups * 4 * UK_PANEL,
      .bias = (const int32_t *)operands[2].data,
      .outputs = {
          .scale = (const float *)operands[3].data,
          .output = &p->output,
          .y = y,
          .columns = window->out_channels,
      },
  };
  const int keeps = uk_s8_keeps(&product, window->out_width, zero_point);
  if (!keeps) uk_s8_flip_product(&product, pixels, zero_point, bias);
  runs.flip = keeps ? -128 : 0;
  uint32_t count, before = 0;
  for (uint32_t row = begin; row < end; row += count) {
    const uint32_t in_image = row % window->out_height;
    const uint32_t rest = window->out_height - in_image;
    count = uk_even_block(rest < end - row ? rest : end - row, (uint32_t)most_rows);
    if (in_image == 0) before = 0;
    uk_s8_runs_make_rows(&runs, row, count, before);
    uk_s8_runs_block(&runs, &product, row, count, before, zero_point, keeps, starts);
    before = count;
  }
}
