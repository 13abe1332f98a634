// SPDX-License-Identifier: Apache-2.0
// Cases of transposed convolution: height, width, in channels, out channels, kernel, stride. The
// output is as many times as large as the stride says.
#include "builders.h"

static uk_window window(const uint32_t *n) {
  return (uk_window){
      .batch = 1, .in_height = n[0], .in_width = n[1], .in_channels = n[2],
      .out_height = n[0] * n[5], .out_width = n[1] * n[5], .out_channels = n[3],
      .kernel_height = n[4], .kernel_width = n[4], .stride_height = n[5], .stride_width = n[5],
      .dilation_height = 1, .dilation_width = 1, .pad_top = (n[4] - n[5] + 1) / 2,
      .pad_left = (n[4] - n[5] + 1) / 2};
}

/// Taps of all phases, and the phases.
static uint64_t phase_taps(const uk_window *w) {
  return uk_tconv_row_taps(w, uk_tconv_row_phases(w)) *
         uk_tconv_column_taps(w, uk_tconv_column_phases(w));
}

static uint64_t phases(const uk_window *w) {
  return (uint64_t)uk_tconv_row_phases(w) * uk_tconv_column_phases(w);
}

static void extent(bench_case *c, const uk_window *w) {
  c->rows = w->out_height;
  c->macs = (double)w->in_height * w->in_width * (double)uk_window_taps(w) * w->in_channels *
            w->out_channels;
}

void build_s8_tconv(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = {.window = window(n), .output = bench_int8};
  const uint64_t columns = bench_padded(n[3], 16);
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 1);
  bench_bytes(c, columns * phase_taps(&p.window) * bench_padded(n[2], 4));
  bench_indices(c, columns * phases(&p.window), 1000);
  bench_scales(c, columns * phases(&p.window), bench_scale((double)n[4] * n[4] * n[2]));
  bench_bytes(c, n[2]);
  bench_image_output(c, &p.window, 1);
  extent(c, &p.window);
  c->scratch_bytes = uk_s8_tconv_requant_scratch_bytes(&p);
}

void build_f32_tconv(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = {.window = window(n), .min = -6, .max = 6};
  const uint64_t columns = bench_padded(n[3], 16);
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 4);
  bench_floats(c, columns * phase_taps(&p.window) * n[2]);
  bench_floats(c, columns * phases(&p.window));
  bench_floats(c, n[2]);
  bench_image_output(c, &p.window, 4);
  extent(c, &p.window);
  c->scratch_bytes = uk_f32_tconv_clamp_scratch_bytes(&p);
}

/// The filters of a convolution, which n is of as of a transposed one.
void build_f32_turn_filters(bench_case *c, const uint32_t *n) {
  const uk_window w = window(n);
  const uint64_t blocks = phase_taps(&w) * bench_padded(n[3], 16) / 16;
  bench_set_parameters(c, &w, sizeof w);
  bench_floats(c, bench_padded(n[2], 16) * uk_window_taps(&w) * n[3]);
  bench_output(c, blocks * n[2] * 64, 1);
  c->rows = (uint32_t)blocks;
}
