// SPDX-License-Identifier: Apache-2.0
// Cases of the gradients of windows over each channel, and of a gather.
#include "builders.h"

static uint64_t input_floats(const uk_window *w) {
  return (uint64_t)w->in_height * w->in_width * w->in_channels;
}

static uint64_t output_floats(const uk_window *w) {
  return (uint64_t)w->out_height * w->out_width * w->out_channels;
}

static uint64_t weight_floats(const uk_window *w) {
  return uk_window_taps(w) * bench_padded(w->in_channels, 16);
}

// Height, width, channels, kernel, stride.

void build_f32_dwconv_weight_gradient(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_depthwise_window(n);
  bench_set_parameters(c, &w, sizeof w);
  bench_floats(c, input_floats(&w));
  bench_floats(c, output_floats(&w));
  bench_output(c, 4 * weight_floats(&w), 1);
  c->rows = (uint32_t)uk_dwconv_weight_gradient_units(&w);
  c->scratch_bytes = uk_f32_dwconv_weight_gradient_scratch_bytes(&w);
  c->macs = (double)output_floats(&w) * (double)uk_window_taps(&w);
}

void build_f32_dwconv_input_gradient(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_depthwise_window(n);
  bench_set_parameters(c, &w, sizeof w);
  bench_floats(c, output_floats(&w));
  bench_floats(c, weight_floats(&w));
  bench_output(c, 4 * input_floats(&w), 1);
  c->rows = w.in_height;
  c->macs = (double)output_floats(&w) * (double)uk_window_taps(&w);
}

void build_maxpool_gradient(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_pool_window(n);
  bench_set_parameters(c, &w, sizeof w);
  bench_floats(c, input_floats(&w));
  bench_floats(c, output_floats(&w));
  bench_output(c, 4 * input_floats(&w), 1);
  c->rows = w.in_height;
}

/// Extent, indices, bytes of a run.
void build_gather_gradient(bench_case *c, const uint32_t *n) {
  const uk_gather_parameters p = {
      .outer = 1, .extent = n[0], .count = n[1], .repeat = 1, .run_bytes = n[2],
      .index_bytes = 4};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[1] * n[2] / 4);
  bench_indices(c, n[1], n[0]);
  bench_output(c, (uint64_t)n[0] * n[2], 1);
  c->rows = n[0];
}
