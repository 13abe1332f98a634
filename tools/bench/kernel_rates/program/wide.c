// SPDX-License-Identifier: Apache-2.0
// Cases of int16 activations. Numbers are those of the int8 families.
#include "builders.h"

static const uk_requantize int16_output = {.min = INT16_MIN, .max = INT16_MAX};

/// The operands of a product or convolution behind the activations, but for the padding.
static void layer_operands(bench_case *c, uint64_t weights, uint64_t columns, double depth) {
  bench_bytes(c, weights);
  bench_bytes(c, 8 * columns);
  bench_scales(c, columns, bench_scale(depth));
}

void build_s16_gemm(bench_case *c, const uint32_t *n) {
  const uk_s8_gemm_parameters p = {
      .rows = n[0], .depth = n[1], .columns = n[2], .output = int16_output};
  const uint64_t columns = bench_padded(n[2], 16);
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, 2 * (uint64_t)n[0] * n[1]);
  layer_operands(c, columns * bench_padded(n[1], 4), columns, n[1]);
  bench_output(c, 2 * (uint64_t)n[0] * n[2], 1);
  c->rows = uk_gemm_units(n[0], n[2]);
  c->macs = (double)n[0] * n[1] * n[2];
}

static void build_window(bench_case *c, const uk_window *w, uint64_t depth, uint64_t packed_depth,
                         uint64_t scratch_bytes) {
  const uk_s8_window_parameters p = {.window = *w, .output = int16_output};
  const uint64_t columns = bench_padded(w->out_channels, 16), taps = uk_window_taps(w);
  const double pixels = (double)w->out_height * w->out_width;
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, w, 2);
  layer_operands(c, columns * taps * packed_depth, columns, (double)(taps * depth));
  bench_bytes(c, 2 * (uint64_t)w->in_channels);
  bench_image_output(c, w, 2);
  c->rows = w->out_height;
  c->macs = pixels * w->out_channels * (double)(taps * depth);
  c->scratch_bytes = scratch_bytes;
}

void build_s16_conv(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_window(n[0], n[1], n[2], n[3], n[4], n[5]);
  const uk_s8_window_parameters p = {.window = w};
  build_window(c, &w, n[2], bench_padded(n[2], 4), uk_s16_conv_requant_scratch_bytes(&p));
}

void build_s16_dwconv(bench_case *c, const uint32_t *n) {
  const uk_window w = bench_window(n[0], n[1], n[2], n[2], n[3], n[4]);
  const uk_s8_window_parameters p = {.window = w};
  build_window(c, &w, 1, 1, uk_s16_dwconv_requant_scratch_bytes(&p));
}

void build_s16_pool(bench_case *c, const uint32_t *n) {
  const uk_s8_pool_parameters p = {
      .window = bench_pool_window(n), .output = int16_output, .multiplier = 1.0f};
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 2);
  bench_image_output(c, &p.window, 2);
  c->rows = p.window.out_height;
}

void build_s16_binary(bench_case *c, const uint32_t *n) {
  const uint64_t count = (uint64_t)n[0] * n[1];
  const uint32_t pitch = n[2] == 0 ? 0 : n[1];
  const uk_s8_binary_parameters p = {
      .shape = {.extents = {1, 1, n[0], n[1]}, .a = {0, 0, n[1], 1}, .b = {0, 0, pitch, 1}},
      .a_scale = 0.01f, .b_scale = 0.5f, .output = int16_output};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, 2 * count);
  bench_bytes(c, 2 * (n[2] == 0 ? n[1] : count));
  bench_output(c, 2 * count, 1);
  c->rows = n[0];
}

static uint64_t conversion(bench_case *c, const uint32_t *n) {
  const uk_quantize_parameters p = {.rows = n[0], .columns = n[1], .scale = 2e-5f};
  bench_set_parameters(c, &p, sizeof p);
  c->rows = n[0];
  return (uint64_t)n[0] * n[1];
}

void build_s16_quantize(bench_case *c, const uint32_t *n) {
  const uint64_t count = conversion(c, n);
  bench_floats(c, count);
  bench_output(c, 2 * count, 1);
}

void build_s16_dequantize(bench_case *c, const uint32_t *n) {
  const uint64_t count = conversion(c, n);
  bench_bytes(c, 2 * count);
  bench_output(c, 4 * count, 1);
}

static void requantize(bench_case *c, const uint32_t *n, uint32_t from, uint32_t to) {
  const uk_requantize_parameters p = {
      .rows = n[0], .columns = n[1], .multiplier = to > from ? 250.0f : to < from ? 0.004f : 0.7f,
      .output = to == 1 ? bench_int8 : int16_output};
  const uint64_t count = (uint64_t)n[0] * n[1];
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, from * count);
  bench_output(c, to * count, 1);
  c->rows = n[0];
}

void build_s8_s16_requantize(bench_case *c, const uint32_t *n) { requantize(c, n, 1, 2); }
void build_s16_s8_requantize(bench_case *c, const uint32_t *n) { requantize(c, n, 2, 1); }
void build_s16_requantize(bench_case *c, const uint32_t *n) { requantize(c, n, 2, 2); }
