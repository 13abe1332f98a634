// SPDX-License-Identifier: Apache-2.0
// Cases of what training does with elements and rows of matrices. Numbers: rows, columns.
#include "builders.h"

static uint64_t matrix(const uint32_t *n) { return (uint64_t)n[0] * n[1]; }

/// `wholes` operands of the matrix's size, then `vectors` with an element for each column.
static void operands(bench_case *c, const uint32_t *n, uint32_t wholes, uint32_t vectors) {
  for (uint32_t i = 0; i < wholes; ++i) bench_floats(c, matrix(n));
  for (uint32_t i = 0; i < vectors; ++i) bench_floats(c, n[1]);
}

static void matrix_parameters(bench_case *c, const uint32_t *n) {
  const uk_matrix_parameters p = {.rows = n[0], .columns = n[1]};
  bench_set_parameters(c, &p, sizeof p);
  c->rows = n[0];
}

// MARK: - Sums over rows

static void blocks(bench_case *c, const uint32_t *n, uint32_t wholes, uint32_t vectors) {
  matrix_parameters(c, n);
  operands(c, n, wholes, vectors);
  c->rows = (n[0] + UK_SUM_BLOCK_ROWS - 1) / UK_SUM_BLOCK_ROWS;
  bench_output(c, 4 * (uint64_t)c->rows * n[1], 1);
}

void build_block_sums(bench_case *c, const uint32_t *n) { blocks(c, n, 1, 0); }

void build_block_products(bench_case *c, const uint32_t *n) { blocks(c, n, 2, 1); }

void build_block_squares(bench_case *c, const uint32_t *n) { blocks(c, n, 1, 1); }

void build_join_blocks(bench_case *c, const uint32_t *n) {
  const uk_f32_join_parameters p = {.blocks = n[0], .columns = n[1], .factor = 0.5f};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 1, 0);
  bench_output(c, 4 * (uint64_t)n[1], 1);
  c->rows = (n[1] + 63) / 64;
}

// MARK: - Updates

void build_blend(bench_case *c, const uint32_t *n) {
  const uk_f32_blend_parameters p = {.rows = n[0], .columns = n[1], .a = 0.9f, .b = 0.1f};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 2, 0);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_descend(bench_case *c, const uint32_t *n) {
  matrix_parameters(c, n);
  operands(c, n, 2, 0);
  bench_floats(c, 2);
  bench_output(c, 4 * matrix(n), 1);
}

void build_descend_scaled(bench_case *c, const uint32_t *n) {
  const uk_f32_descend_parameters p = {.rows = n[0], .columns = n[1], .epsilon = 1e-8f};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 2, 0);
  bench_scales(c, matrix(n), 0.3f);
  bench_scales(c, 3, 0.5f);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

// MARK: - Gradients

void build_affine_pair(bench_case *c, const uint32_t *n) {
  matrix_parameters(c, n);
  operands(c, n, 2, 3);
  bench_output(c, 4 * matrix(n), 1);
}

void build_clamp_gradient(bench_case *c, const uint32_t *n) {
  const uk_f32_unary_parameters p = {.rows = n[0], .columns = n[1], .min = 0, .max = 0.25f};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 2, 0);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

/// The third number is a `uk_f32_function`.
void build_map_gradient(bench_case *c, const uint32_t *n) {
  const uk_f32_map_parameters p = {.rows = n[0], .columns = n[1], .function = n[2], .alpha = 1};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 2, 0);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_dropout(bench_case *c, const uint32_t *n) {
  const uk_f32_dropout_parameters p = {
      .rows = n[0], .columns = n[1], .threshold = 0x80000000u, .factor = 2};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 1, 0);
  bench_bytes(c, 4);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_normalize_gradient(bench_case *c, const uint32_t *n) {
  const uk_f32_normalize_parameters p = {
      .rows = n[0], .columns = n[1], .epsilon = 1e-5f, .is_centered = 1};
  bench_set_parameters(c, &p, sizeof p);
  operands(c, n, 2, 1);
  bench_output(c, 4 * matrix(n), 1);
  c->rows = n[0];
}

void build_softmax_gradient(bench_case *c, const uint32_t *n) {
  matrix_parameters(c, n);
  operands(c, n, 2, 0);
  bench_output(c, 4 * matrix(n), 1);
}
