// SPDX-License-Identifier: Apache-2.0
// Cases of products of float32 rows with weights of other types: rows, depth, columns.
#include "builders.h"

static uk_f32_gemm_parameters begin_gemm(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = {
      .rows = n[0], .depth = n[1], .columns = n[2], .min = -6, .max = 6};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, (uint64_t)p.rows * p.depth);
  c->rows = uk_gemm_units(p.rows, p.columns);
  c->macs = (double)p.rows * p.depth * p.columns;
  return p;
}

static void end_gemm(bench_case *c, const uk_f32_gemm_parameters *p, uint64_t scales) {
  bench_floats(c, bench_padded(p->columns, 16));
  if (scales > 0) bench_scales(c, scales, 1.0f / 128);
  bench_output(c, 4 * (uint64_t)p->rows * p->columns, 1);
}

void build_f32_s8_gemm_dynamic(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = begin_gemm(c, n);
  bench_bytes(c, bench_padded(p.columns, 16) * bench_padded(p.depth, 4));
  end_gemm(c, &p, bench_padded(p.columns, 16));
  c->scratch_bytes = uk_f32_s8_gemm_dynamic_scratch_bytes(&p);
}

void build_f32_w8_gemm(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = begin_gemm(c, n);
  bench_bytes(c, bench_padded(p.columns, 16) * bench_padded(p.depth, 4));
  end_gemm(c, &p, bench_padded(p.columns, 16));
  c->scratch_bytes = uk_f32_stored_gemm_scratch_bytes(&p);
}

void build_f32_w4_gemm(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = begin_gemm(c, n);
  const uint64_t columns = bench_padded(p.columns, 16);
  bench_bytes(c, columns * bench_padded(p.depth, 8) / 2);
  end_gemm(c, &p, columns * (bench_padded(p.depth, UK_INT4_GROUP) / UK_INT4_GROUP));
  c->scratch_bytes = uk_f32_stored_gemm_scratch_bytes(&p);
}

void build_f32_w16_gemm(bench_case *c, const uint32_t *n) {
  const uk_f32_gemm_parameters p = begin_gemm(c, n);
  const uint64_t count = bench_padded(p.columns, 16) * p.depth;
  uint16_t *values = (uint16_t *)bench_bytes(c, 2 * count)->data;
  for (uint64_t i = 0; i < count; ++i) values[i] &= 0xBFFF;  // below 2: neither infinite nor NaN
  end_gemm(c, &p, 0);
  c->scratch_bytes = uk_f32_stored_gemm_scratch_bytes(&p);
}
