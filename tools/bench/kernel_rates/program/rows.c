// SPDX-License-Identifier: Apache-2.0
// Cases of what works on elements and on rows of matrices. Numbers: rows, columns, and as told.
#include <math.h>

#include "builders.h"

static uint64_t matrix(const uint32_t *n) { return (uint64_t)n[0] * n[1]; }

// MARK: - Two operands; the third number is 0 where b is one row, spread over all

static uk_broadcast binary_shape(const uint32_t *n) {
  const uint32_t pitch = n[2] == 0 ? 0 : n[1];
  return (uk_broadcast){
      .extents = {1, 1, n[0], n[1]}, .a = {0, 0, n[1], 1}, .b = {0, 0, pitch, 1}};
}

static uint64_t binary_second(const uint32_t *n) { return n[2] == 0 ? n[1] : matrix(n); }

void build_s8_binary(bench_case *c, const uint32_t *n) {
  const uk_s8_binary_parameters p = {
      .shape = binary_shape(n), .a_zero_point = 1, .b_zero_point = -2, .a_scale = 0.01f,
      .b_scale = 0.5f, .output = bench_int8};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, matrix(n));
  bench_bytes(c, binary_second(n));
  bench_output(c, matrix(n), 1);
  c->rows = n[0];
}

void build_f32_binary(bench_case *c, const uint32_t *n) {
  const uk_f32_binary_parameters p = {.shape = binary_shape(n), .min = -6, .max = 6};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, matrix(n));
  bench_floats(c, binary_second(n));
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

// MARK: - One operand

static void matrix_parameters(bench_case *c, const uint32_t *n) {
  const uk_matrix_parameters p = {.rows = n[0], .columns = n[1]};
  bench_set_parameters(c, &p, sizeof p);
  c->rows = n[0];
}

void build_s8_lut(bench_case *c, const uint32_t *n) {
  matrix_parameters(c, n);
  bench_bytes(c, matrix(n));
  bench_bytes(c, 256);
  bench_output(c, matrix(n), 1);
}

void build_s8_convert(bench_case *c, const uint32_t *n) {
  matrix_parameters(c, n);
  bench_bytes(c, matrix(n));
  bench_output(c, matrix(n), 1);
}

/// x, `vectors` operands of one element a column, y.
static void f32_unary(bench_case *c, const uint32_t *n, float limit, uint32_t vectors) {
  const uk_f32_unary_parameters p = {.rows = n[0], .columns = n[1], .min = -limit, .max = limit};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, matrix(n));
  for (uint32_t i = 0; i < vectors; ++i) bench_floats(c, n[1]);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_f32_clamp(bench_case *c, const uint32_t *n) { f32_unary(c, n, 0.25f, 0); }

void build_f32_prelu(bench_case *c, const uint32_t *n) { f32_unary(c, n, 0, 1); }

void build_f32_affine(bench_case *c, const uint32_t *n) { f32_unary(c, n, 0.25f, 2); }

/// The third number is a `uk_f32_function`.
void build_f32_map(bench_case *c, const uint32_t *n) {
  const uk_f32_map_parameters p = {.rows = n[0], .columns = n[1], .function = n[2], .alpha = 1};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, matrix(n));
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

// MARK: - Rows

void build_s8_softmax(bench_case *c, const uint32_t *n) {
  const uk_s8_softmax_parameters p = {
      .rows = n[0], .columns = n[1], .multiplier = 256,
      .output = {.zero_point = -128, .min = -128, .max = 127}};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, matrix(n));
  float *table = (float *)bench_scales(c, 256, 1)->data;
  for (int d = 0; d < 256; ++d) table[d] = expf(-0.1f * (float)d);
  bench_output(c, matrix(n), 1);
  c->rows = n[0];
}

void build_f32_softmax(bench_case *c, const uint32_t *n) {
  const uk_f32_softmax_parameters p = {.rows = n[0], .columns = n[1], .beta = 1};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, matrix(n));
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_f32_normalize(bench_case *c, const uint32_t *n) {
  const uk_f32_normalize_parameters p = {
      .rows = n[0], .columns = n[1], .epsilon = 1e-5f, .is_centered = 1};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, matrix(n));
  bench_floats(c, n[1]);
  bench_floats(c, n[1]);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

// MARK: - Reductions: outer, reduced, inner

static uint64_t reduced_inputs(const uint32_t *n) { return (uint64_t)n[0] * n[1] * n[2]; }

static uk_reduce_parameters mean(const uint32_t *n) {
  return (uk_reduce_parameters){
      .outer = n[0], .reduced = n[1], .inner = n[2], .kind = UK_REDUCTION_MEAN};
}

void build_s8_reduce(bench_case *c, const uint32_t *n) {
  const uk_s8_reduce_parameters p = {
      .shape = mean(n), .multiplier = 4 / (float)n[1], .output = bench_int8};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, reduced_inputs(n));
  bench_output(c, (uint64_t)n[0] * n[2], 1);
  c->rows = n[0];
}

void build_f32_reduce(bench_case *c, const uint32_t *n) {
  const uk_reduce_parameters p = mean(n);
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, reduced_inputs(n));
  bench_output(c, 4 * (uint64_t)n[0] * n[2], 1);
  c->rows = n[0];
}

static void argmax_parameters(bench_case *c, const uint32_t *n) {
  const uk_argmax_parameters p = {
      .rows = n[0], .depth = n[1], .columns = n[2], .index_bytes = 4};
  bench_set_parameters(c, &p, sizeof p);
  c->rows = n[0];
}

void build_s8_argmax(bench_case *c, const uint32_t *n) {
  argmax_parameters(c, n);
  bench_bytes(c, reduced_inputs(n));
  bench_output(c, 4 * (uint64_t)n[0] * n[2], 1);
}

void build_f32_argmax(bench_case *c, const uint32_t *n) {
  argmax_parameters(c, n);
  bench_floats(c, reduced_inputs(n));
  bench_output(c, 4 * (uint64_t)n[0] * n[2], 1);
}

// MARK: - Between float32 and int8

static void quantize_parameters(bench_case *c, const uint32_t *n) {
  const uk_quantize_parameters p = {
      .rows = n[0], .columns = n[1], .scale = 0.004f, .zero_point = 3};
  bench_set_parameters(c, &p, sizeof p);
  c->rows = n[0];
}

void build_quantize(bench_case *c, const uint32_t *n) {
  quantize_parameters(c, n);
  bench_floats(c, matrix(n));
  bench_output(c, matrix(n), 1);
}

void build_dequantize(bench_case *c, const uint32_t *n) {
  quantize_parameters(c, n);
  bench_bytes(c, matrix(n));
  bench_output(c, 4 * matrix(n), 1);
}
