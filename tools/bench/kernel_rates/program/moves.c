// SPDX-License-Identifier: Apache-2.0
// Cases of what moves, chooses, compares and converts elements, and of detection.
#include <string.h>

#include "builders.h"

/// Height, width, channels, padding on each side, bytes of an element.
void build_pad(bench_case *c, const uint32_t *n) {
  const uint32_t height = n[0] + 2 * n[3], width = n[1] + 2 * n[3];
  const uk_pad_parameters p = {
      .in = {1, n[0], n[1], n[2]}, .out = {1, height, width, n[2]}, .before = {0, n[3], n[3], 0},
      .element_bytes = n[4]};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[1] * n[2] * n[4])->rows = n[0];
  bench_output(c, (uint64_t)height * width * n[2] * n[4], height);
  c->rows = height;
}

/// Four extents of the output, the input's stride along each, bytes of an element.
void build_transpose(bench_case *c, const uint32_t *n) {
  uk_transpose_parameters p = {.element_bytes = n[8]};
  memcpy(p.out, n, sizeof p.out);
  memcpy(p.in_stride, n + 4, sizeof p.in_stride);
  const uint64_t bytes = (uint64_t)n[0] * n[1] * n[2] * n[3] * n[8];
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, bytes);
  bench_output(c, bytes, n[0] * n[1]);
  c->rows = n[0] * n[1];
}

/// Runs, bytes of each, the input's and the output's bytes from one to the next.
void build_copy(bench_case *c, const uint32_t *n) {
  const uk_copy_parameters p = {
      .rows = n[0], .run_bytes = n[1], .in_pitch_bytes = n[2], .out_pitch_bytes = n[3]};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[2]);
  bench_output(c, (uint64_t)n[0] * n[3], 1);
  c->rows = n[0];
  c->unread_bytes = (double)n[0] * ((double)n[2] + n[3] - 2.0 * n[1]);
}

/// Rows, columns, the input's row and column strides, bytes of an element.
void build_strided_copy(bench_case *c, const uint32_t *n) {
  const uk_strided_copy_parameters p = {
      .out = {1, 1, 1, 1, n[0], n[1]}, .in_stride = {0, 0, 0, 0, (int32_t)n[2], (int32_t)n[3]},
      .element_bytes = n[4]};
  const uint64_t inputs = (uint64_t)(n[0] - 1) * n[2] + (uint64_t)(n[1] - 1) * n[3] + 1;
  const uint64_t outputs = (uint64_t)n[0] * n[1];
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, inputs * n[4]);
  bench_output(c, outputs * n[4], 1);
  c->rows = n[0];
  if (inputs > outputs) c->unread_bytes = (double)(inputs - outputs) * n[4];
}

/// Extent, indices, bytes of a run.
void build_gather(bench_case *c, const uint32_t *n) {
  const uk_gather_parameters p = {
      .outer = 1, .extent = n[0], .count = n[1], .repeat = 1, .run_bytes = n[2],
      .index_bytes = 4};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[2]);
  bench_indices(c, n[1], n[0]);
  bench_output(c, (uint64_t)n[1] * n[2], 1);
  c->rows = n[1];
  if (n[0] > n[1]) c->unread_bytes = (double)(n[0] - n[1]) * n[2];
}

/// Two extents, indices, bytes of a run.
void build_gather_nd(bench_case *c, const uint32_t *n) {
  const uint32_t smaller = n[0] < n[1] ? n[0] : n[1];
  const uk_gather_nd_parameters p = {
      .batch = 1, .count = n[2], .depth = 2, .index_bytes = 4, .run_bytes = n[3],
      .extents = {n[0], n[1]}};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, (uint64_t)n[0] * n[1] * n[3]);
  bench_indices(c, 2 * (uint64_t)n[2], smaller);
  bench_output(c, (uint64_t)n[2] * n[3], 1);
  c->rows = n[2];
  if (n[0] * n[1] > n[2]) c->unread_bytes = (double)(n[0] * n[1] - n[2]) * n[3];
}

/// Rows, columns, bytes of an element.
void build_select(bench_case *c, const uint32_t *n) {
  const uint64_t count = (uint64_t)n[0] * n[1];
  const uk_select_parameters p = {
      .extents = {1, 1, n[0], n[1]}, .a = {0, 0, n[1], 1}, .b = {0, 0, n[1], 1},
      .condition = {0, 0, n[1], 1}, .element_bytes = n[2]};
  bench_set_parameters(c, &p, sizeof p);
  bench_bytes(c, count * n[2]);
  bench_bytes(c, count * n[2]);
  uint8_t *condition = bench_bytes(c, count)->data;
  for (uint64_t i = 0; i < count; ++i) condition[i] &= 1;
  bench_output(c, count * n[2], 1);
  c->rows = n[0];
}

// MARK: - Of a dtype: rows, columns; int32 where not told

static void typed_binary(bench_case *c, const uint32_t *n, uint32_t function, uint32_t bytes) {
  const uint64_t count = (uint64_t)n[0] * n[1];
  const uk_typed_binary_parameters p = {
      .shape = {.extents = {1, 1, n[0], n[1]}, .a = {0, 0, n[1], 1}, .b = {0, 0, n[1], 1}},
      .dtype = UK_INT32, .function = function};
  bench_set_parameters(c, &p, sizeof p);
  bench_indices(c, count, 100);
  bench_indices(c, count, 100);
  bench_output(c, bytes * count, 1);
  c->rows = n[0];
}

void build_compare(bench_case *c, const uint32_t *n) { typed_binary(c, n, UK_LESS, 1); }

void build_arithmetic(bench_case *c, const uint32_t *n) { typed_binary(c, n, UK_ADD, 4); }

/// From int32 to float32.
void build_cast(bench_case *c, const uint32_t *n) {
  const uk_cast_parameters p = {
      .rows = n[0], .columns = n[1], .from = UK_INT32, .to = UK_FLOAT32};
  bench_set_parameters(c, &p, sizeof p);
  bench_indices(c, (uint64_t)n[0] * n[1], 100);
  bench_output(c, 4 * (uint64_t)n[0] * n[1], 1);
  c->rows = n[0];
}

/// Boxes, classes.
void build_detections(bench_case *c, const uint32_t *n) {
  const uk_detection_parameters p = {
      .boxes = n[0], .encoding_width = 4, .classes = n[1], .class_offset = 1, .detections = 10,
      .classes_per_box = 1, .score_threshold = 0.45f, .overlap_threshold = 0.6f, .y_scale = 10,
      .x_scale = 10, .h_scale = 5, .w_scale = 5};
  bench_set_parameters(c, &p, sizeof p);
  bench_floats(c, 4 * (uint64_t)n[0]);
  bench_floats(c, (uint64_t)n[0] * (n[1] + 1));
  bench_floats(c, 4 * (uint64_t)n[0]);
  bench_output(c, 4 * (10 * 6 + 1), 1);
  c->rows = 1;
  c->scratch_bytes = uk_f32_detections_scratch_bytes(&p);
}
