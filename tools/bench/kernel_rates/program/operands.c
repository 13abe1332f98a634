// SPDX-License-Identifier: Apache-2.0
// Operands of cases, filled from one seeded generator.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPlatform.h"
#include "bench.h"

static uint64_t random_state = 1;

// SplitMix64.
static uint64_t next_random(void) {
  uint64_t z = random_state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void bench_set_parameters(bench_case *c, const void *parameters, size_t bytes) {
  memcpy(c->parameters, parameters, bytes);
}

static bench_operand *add_operand(bench_case *c, uint64_t bytes) {
  // Operands of one call must not start at the same place of a page: caches would mix them up.
  const size_t skew = 320 * (size_t)c->operand_count;
  uint8_t *memory = cp_allocate(bench_padded(bytes + skew, 64));
  if (memory == NULL) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  bench_operand *operand = &c->operands[c->operand_count++];
  *operand = (bench_operand){.data = memory + skew, .bytes = bytes, .rows = 1};
  return operand;
}

bench_operand *bench_bytes(bench_case *c, uint64_t count) {
  bench_operand *operand = add_operand(c, count);
  for (uint64_t i = 0; i < count; i += 8) {
    const uint64_t bits = next_random();
    memcpy(operand->data + i, &bits, count - i < 8 ? count - i : 8);
  }
  return operand;
}

bench_operand *bench_floats(bench_case *c, uint64_t count) {
  bench_operand *operand = add_operand(c, 4 * count);
  float *values = (float *)operand->data;
  for (uint64_t i = 0; i < count; ++i) values[i] = (float)(next_random() >> 40) * 0x1p-24f - 0.5f;
  return operand;
}

bench_operand *bench_indices(bench_case *c, uint64_t count, uint32_t limit) {
  bench_operand *operand = add_operand(c, 4 * count);
  int32_t *values = (int32_t *)operand->data;
  for (uint64_t i = 0; i < count; ++i) values[i] = (int32_t)(next_random() % limit);
  return operand;
}

bench_operand *bench_scales(bench_case *c, uint64_t count, float value) {
  bench_operand *operand = add_operand(c, 4 * count);
  float *values = (float *)operand->data;
  for (uint64_t i = 0; i < count; ++i) values[i] = value;
  return operand;
}

void bench_taps(bench_case *c, uint32_t in, uint32_t out) {
  bench_operand *operand = add_operand(c, out * sizeof(uk_resize_tap));
  uk_resize_tap *taps = (uk_resize_tap *)operand->data;
  for (uint32_t i = 0; i < out; ++i) {
    const float place = (float)i * (float)(in - 1) / (float)(out > 1 ? out - 1 : 1);
    const uint32_t first = (uint32_t)place < in - 1 ? (uint32_t)place : in - 1;
    taps[i] = (uk_resize_tap){
        .first = first,
        .second = first + 1 < in ? first + 1 : first,
        .fraction = place - (float)first,
    };
  }
}

void bench_output(bench_case *c, uint64_t bytes, uint32_t rows) {
  add_operand(c, bytes)->rows = rows;
}

void bench_output_in_place(bench_case *c, uint64_t bytes, uint32_t rows) {
  c->operands[c->operand_count++] =
      (bench_operand){.data = c->operands[0].data, .bytes = bytes, .rows = rows};
  c->is_in_place = 1;
}

float bench_scale(double depth) { return (float)(40 / (74 * 74 * sqrt(depth))); }
