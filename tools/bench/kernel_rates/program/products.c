// SPDX-License-Identifier: Apache-2.0
// Cases of matrix products, convolutions, attention and recurrent layers.
#include <math.h>

#include "builders.h"

// MARK: - Products: rows, depth, columns

static uk_s8_gemm_parameters s8_gemm_parameters(const uint32_t *n) {
  return (uk_s8_gemm_parameters){
      .rows = n[0], .depth = n[1], .columns = n[2], .output = bench_int8};
}

static void s8_gemm_operands(bench_case *c, const uk_s8_gemm_parameters *p) {
  const uint64_t columns = bench_padded(p->columns, 16);
  bench_bytes(c, (uint64_t)p->rows * p->depth);
  bench_bytes(c, columns * bench_padded(p->depth, 4));
  bench_indices(c, columns, 1000);
  bench_scales(c, columns, bench_scale(p->depth));
  c->rows = uk_gemm_units(p->rows, p->columns);
  c->scratch_bytes = uk_s8_gemm_requant_scratch_bytes(p);
  c->macs = (double)p->rows * p->depth * p->columns;
}

void build_s8_gemm(bench_case *c, const uint32_t *n) {
  const uk_s8_gemm_parameters p = s8_gemm_parameters(n);
  bench_set_parameters(c, &p, sizeof p);
  s8_gemm_operands(c, &p);
  bench_output(c, (uint64_t)p.rows * p.columns, 1);
}

static const uk_s8_residual s8_residual = {
    .scale = 0.5f, .residual_scale = 0.4f, .residual_zero_point = 2,
    .output = {.zero_point = 1, .min = -128, .max = 127}};

void build_s8_gemm_add(bench_case *c, const uint32_t *n) {
  const uk_s8_gemm_add_parameters p = {.product = s8_gemm_parameters(n), .add = s8_residual};
  bench_set_parameters(c, &p, sizeof p);
  s8_gemm_operands(c, &p.product);
  bench_bytes(c, (uint64_t)n[0] * n[2]);
  bench_output(c, (uint64_t)n[0] * n[2], 1);
}

static uk_f32_gemm_parameters f32_gemm_parameters(const uint32_t *n) {
  return (uk_f32_gemm_parameters){
      .rows = n[0], .depth = n[1], .columns = n[2], .min = -6, .max = 6};
}

static void f32_gemm_operands(bench_case *c, const uk_f32_gemm_parameters *p) {
  const uint64_t columns = bench_padded(p->columns, 16);
  bench_floats(c, (uint64_t)p->rows * p->depth);
  bench_floats(c, columns * p->depth);
  bench_floats(c, columns);
  c->rows = uk_gemm_units(p->rows, p->columns);
  c->macs = (double)p->rows * p->depth * p->columns;
}

void build_f32_gemm(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = f32_gemm_parameters(n);
  bench_set_parameters(c, &p, sizeof p);
  f32_gemm_operands(c, &p);
  bench_output(c, 4 * (uint64_t)p.rows * p.columns, 1);
}

void build_f32_gemm_add(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_add_parameters p = {
      .product = f32_gemm_parameters(n), .add = {.min = -6, .max = 6}};
  bench_set_parameters(c, &p, sizeof p);
  f32_gemm_operands(c, &p.product);
  bench_floats(c, (uint64_t)n[0] * n[2]);
  bench_output(c, 4 * (uint64_t)n[0] * n[2], 1);
}

/// Rows, columns, depth; the sums run over the columns.
void build_f32_gemm_transposed(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_transposed_parameters p = {.rows = n[0], .columns = n[1], .depth = n[2]};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[0] * n[1]);
  bench_floats(c, uk_round_up(n[1], 16) * n[2]);
  bench_output(c, 4 * (uint64_t)n[0] * n[2], 1);
  c->rows = uk_gemm_units(p.rows, p.depth);
  c->scratch_bytes = uk_f32_gemm_transposed_scratch_bytes(&p);
  c->macs = (double)n[0] * n[1] * n[2];
}

// MARK: - Convolutions: height, width, in channels, out channels, kernel, stride

static uk_window window(const uint32_t *n) {
  return bench_window(n[0], n[1], n[2], n[3], n[4], n[5]);
}

static void conv_extent(bench_case *c, const uk_window *w) {
  const double pixels = (double)w->out_height * w->out_width;
  c->rows = w->out_height;
  c->macs = pixels * w->out_channels * w->in_channels * (double)uk_window_taps(w);
}

static uk_s8_window_parameters s8_conv_parameters(const uint32_t *n) {
  return (uk_s8_window_parameters){.window = window(n), .output = bench_int8};
}

static void s8_conv_operands(bench_case *c, const uk_s8_window_parameters *p) {
  const uk_window *w = &p->window;
  const uint64_t columns = bench_padded(w->out_channels, 16), taps = uk_window_taps(w);
  bench_image(c, w, 1);
  bench_bytes(c, columns * taps * bench_padded(w->in_channels, 4));
  bench_indices(c, columns, 1000);
  bench_scales(c, columns, bench_scale((double)taps * w->in_channels));
  bench_bytes(c, w->in_channels);
  conv_extent(c, w);
  c->scratch_bytes = uk_s8_conv_requant_scratch_bytes(p);
}

void build_s8_conv(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = s8_conv_parameters(n);
  bench_set_parameters(c, &p, sizeof p);
  s8_conv_operands(c, &p);
  bench_image_output(c, &p.window, 1);
}

void build_s8_conv_add(bench_case *c, const uint32_t *n) {
  const uk_s8_conv_add_parameters p = {.product = s8_conv_parameters(n), .add = s8_residual};
  bench_set_parameters(c, &p, sizeof p);
  s8_conv_operands(c, &p.product);
  bench_residual(c, &p.product.window, 1);
  bench_image_output(c, &p.product.window, 1);
}

static uk_f32_window_parameters f32_conv_parameters(const uint32_t *n) {
  return (uk_f32_window_parameters){.window = window(n), .min = -6, .max = 6};
}

static void f32_conv_operands(bench_case *c, const uk_f32_window_parameters *p) {
  const uk_window *w = &p->window;
  const uint64_t columns = bench_padded(w->out_channels, 16);
  bench_image(c, w, 4);
  bench_floats(c, columns * uk_window_taps(w) * w->in_channels);
  bench_floats(c, columns);
  bench_floats(c, w->in_channels);
  conv_extent(c, w);
  c->scratch_bytes = uk_f32_conv_clamp_scratch_bytes(p);
}

void build_f32_conv(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = f32_conv_parameters(n);
  bench_set_parameters(c, &p, sizeof p);
  f32_conv_operands(c, &p);
  bench_image_output(c, &p.window, 4);
}

void build_f32_conv_add(bench_case *c, const uint32_t *n) {
  const uk_f32_conv_add_parameters p = {
      .product = f32_conv_parameters(n), .add = {.min = -6, .max = 6}};
  bench_set_parameters(c, &p, sizeof p);
  f32_conv_operands(c, &p.product);
  bench_residual(c, &p.product.window, 4);
  bench_image_output(c, &p.product.window, 4);
}

// MARK: - Of few channels: height, width, in channels, out channels, kernel height, width, stride

static uk_window stem_window(const uint32_t *n) {
  uk_window w = bench_window(n[0], n[1], n[2], n[3], n[4], n[6]);
  w.kernel_width = n[5];
  w.pad_left = n[5] / 2;
  return w;
}

/// Runs of so many elements in panels, filled up with 0.
static void stem_weights(bench_case *c, uint64_t runs, uint64_t elements) {
  const uint64_t bytes = 16 * bench_padded(elements, 4);
  uint8_t *weights = bench_bytes(c, runs * bytes)->data;
  for (uint64_t b = 0; b < runs * bytes; ++b) {
    if (b % bytes / 64 * 4 + b % 4 >= elements) weights[b] = 0;
  }
}

void build_s8_conv_runs(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = {.window = stem_window(n), .output = bench_int8};
  const uint64_t columns = bench_padded(n[3], 16), run = uk_run_elements(&p.window);
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 1);
  stem_weights(c, columns / 16 * n[4], run);
  bench_indices(c, columns, 1000);
  bench_scales(c, columns, bench_scale((double)n[4] * (double)run));
  bench_bytes(c, n[2]);
  conv_extent(c, &p.window);
  c->scratch_bytes = uk_s8_conv_runs_requant_scratch_bytes(&p);
  bench_image_output(c, &p.window, 1);
}

void build_f32_stem(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = {.window = stem_window(n), .min = -6, .max = 6};
  bench_set_parameters(c, &p, sizeof p);
  f32_conv_operands(c, &p);
  bench_image_output(c, &p.window, 4);
}

// MARK: - Products of two activations

/// Products, rows, depth, columns, whether b is transposed.
static uk_f32_matmul_parameters matmul_shape(const uint32_t *n) {
  return (uk_f32_matmul_parameters){
      .outer = 1, .inner = n[0], .rows = n[1], .depth = n[2], .columns = n[3],
      .is_transposed = n[4], .a_inner = n[1] * n[2], .b_inner = n[2] * n[3]};
}

void build_s8_matmul(bench_case *c, const uint32_t *n) {
  const uk_s8_matmul_parameters p = {
      .shape = matmul_shape(n), .a_zero_point = -3, .b_zero_point = 5,
      .scale = bench_scale(n[2]), .output = bench_int8};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[1] * n[2]);
  bench_bytes(c, (uint64_t)n[0] * n[2] * n[3]);
  bench_output(c, (uint64_t)n[0] * n[1] * n[3], 1);
  c->rows = n[0] * n[1];
  c->scratch_bytes = uk_s8_matmul_requant_scratch_bytes(&p);
  c->macs = (double)n[0] * n[1] * n[2] * n[3];
}

void build_f32_matmul(bench_case *c, const uint32_t *n) {
  const uk_f32_matmul_parameters p = matmul_shape(n);
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[0] * n[1] * n[2]);
  bench_floats(c, (uint64_t)n[0] * n[2] * n[3]);
  bench_output(c, 4 * (uint64_t)n[0] * n[1] * n[3], 1);
  c->rows = n[0] * n[1];
  c->scratch_bytes = uk_f32_matmul_scratch_bytes(&p);
  c->macs = (double)n[0] * n[1] * n[2] * n[3];
}

/// Heads, rows, keys, depth; all operands have their rows before their heads.
void build_f32_attention(bench_case *c, const uint32_t *n) {
  const uint32_t heads = n[0], rows = n[1], keys = n[2], depth = n[3];
  const uk_f32_attention_parameters p = {
      .batch = 1, .heads = heads, .key_heads = heads, .rows = rows, .keys = keys, .depth = depth,
      .value_depth = depth, .rows_first = 15, .mask_axes = 8, .scale = 1 / sqrtf((float)depth)};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)heads * rows * depth);
  bench_floats(c, (uint64_t)heads * keys * depth);
  bench_floats(c, (uint64_t)heads * keys * depth);
  bench_floats(c, keys);
  bench_output(c, 4 * (uint64_t)heads * rows * depth, 1);
  c->rows = heads * rows;
  c->scratch_bytes = uk_f32_attention_scratch_bytes(&p);
  c->macs = 2.0 * heads * rows * keys * depth;
}

// MARK: - Recurrent layers: batch, steps, input, hidden

static uk_lstm lstm_shape(const uint32_t *n) {
  return (uk_lstm){
      .batch = n[0], .steps = n[1], .input = n[2], .hidden = n[3], .is_batch_major = 1,
      .writes_sequence = 1, .cell_min = -10, .cell_max = 10};
}

static void lstm_extent(bench_case *c, const uint32_t *n) {
  c->rows = n[0];
  c->macs = 4.0 * n[0] * n[1] * ((double)n[2] + n[3]) * n[3];
}

void build_f32_lstm(bench_case *c, const uint32_t *n) {
  const uk_lstm p = lstm_shape(n);
  const uint64_t columns = 4 * bench_padded(n[3], UK_UNITS);
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[0] * n[1] * n[2]);
  bench_floats(c, columns * (n[2] + n[3]));
  bench_floats(c, columns);
  bench_floats(c, (uint64_t)n[0] * n[3]);
  bench_floats(c, (uint64_t)n[0] * n[3]);
  bench_output(c, 4 * (uint64_t)n[0] * n[1] * n[3], 1);
  lstm_extent(c, n);
  c->scratch_bytes = uk_f32_lstm_scratch_bytes(&p);
}

void build_s8_lstm(bench_case *c, const uint32_t *n) {
  const uk_s8_lstm_parameters p = {
      .shape = lstm_shape(n), .multiplier = 128, .output = bench_int8};
  const uint64_t columns = 4 * bench_padded(n[3], UK_UNITS);
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[1] * n[2]);
  bench_bytes(c, columns * (bench_padded(n[2], 4) + bench_padded(n[3], 4)));
  bench_indices(c, 2 * columns, 1000);
  bench_scales(c, 2 * columns, 2e-5f);
  bench_output(c, (uint64_t)n[0] * n[1] * n[3], 1);
  lstm_extent(c, n);
  c->scratch_bytes = uk_s8_lstm_scratch_bytes(&p);
}

/// Batch, steps, input, hidden, whether the reset comes after the product.
void build_f32_gru(bench_case *c, const uint32_t *n) {
  const uk_gru p = {.batch = n[0], .steps = n[1], .input = n[2], .hidden = n[3],
                    .is_batch_major = 1, .writes_sequence = 1, .resets_after = n[4]};
  const uint64_t units = bench_padded(n[3], UK_UNITS);
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)n[0] * n[1] * n[2]);
  bench_floats(c, 3 * units * (n[2] + n[3]));
  bench_floats(c, 4 * units);
  bench_floats(c, (uint64_t)n[0] * n[3]);
  bench_output(c, 4 * (uint64_t)n[0] * n[1] * n[3], 1);
  c->rows = n[0];
  c->macs = 3.0 * n[0] * n[1] * ((double)n[2] + n[3]) * n[3];
  c->scratch_bytes = uk_f32_gru_scratch_bytes(&p);
}
