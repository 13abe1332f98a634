// SPDX-License-Identifier: Apache-2.0
// Cases of the gradients of weights.
#include "builders.h"

/// Rows, columns, depth; the sums run over the rows.
void build_f32_gemm_weight_gradient(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_transposed_parameters p = {.rows = n[0], .columns = n[1], .depth = n[2]};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[0] * n[2]);
  bench_floats(c, (uint64_t)n[0] * n[1]);
  bench_output(c, 4 * bench_padded(n[1], 16) * n[2], 1);
  c->rows = (uint32_t)uk_gemm_weight_gradient_units(&p);
  c->scratch_bytes = uk_f32_gemm_weight_gradient_scratch_bytes(&p);
  c->macs = (double)n[0] * n[1] * n[2];
}

/// Height, width, in channels, out channels, kernel, stride.
void build_f32_conv_weight_gradient(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_window(n[0], n[1], n[2], n[3], n[4], n[5]);
  const uint64_t depth = uk_window_depth(&w), pixels = uk_window_pixels(&w);
  bench_set_parameters(c, &w, sizeof w);
  bench_floats(c, (uint64_t)w.in_height * w.in_width * w.in_channels);
  bench_floats(c, pixels * w.out_channels);
  bench_output(c, 4 * bench_padded(w.out_channels, 16) * depth, 1);
  c->rows = (uint32_t)uk_conv_weight_gradient_units(&w);
  c->scratch_bytes = uk_f32_conv_weight_gradient_scratch_bytes(&w);
  c->macs = (double)pixels * w.out_channels * depth;
}
