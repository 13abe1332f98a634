// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TILE_S8_H
#define THIMBLE_UK_TILE_S8_H

// The int8 matrix tile: up to UK_TILE_ROWS_S8 rows by a panel of 16 columns in exact int32 sums.
//
// int8 is widened to int16 and multiplied in pairs. Of four weights a, b, c, d along k, two shifts
// leave (a, c) and one leaves (b, d), each pair in the 32-bit lane of its column, so sums stay in
// column order. The rows are widened in the same order, once for all panels.

#include "uk_requantize.h"
#include "uk_tile_lanes.h"

typedef int8_t uk_bytes4 __attribute__((ext_vector_type(4)));
typedef int16_t uk_halves4 __attribute__((ext_vector_type(4)));
typedef int8_t uk_bytes16 __attribute__((ext_vector_type(16)));
typedef int16_t uk_halves16 __attribute__((ext_vector_type(16)));
typedef int8_t uk_lanes_i8 __attribute__((ext_vector_type(UK_LANES)));
typedef int16_t uk_lanes_i16 __attribute__((ext_vector_type(2 * UK_LANES)));

/// Widens 4 elements, in the tile's order.
UK_INLINE UK_TARGET void uk_widen4(const void *x, int16_t *wide) {
  uk_bytes4 bytes;
  memcpy(&bytes, x, sizeof bytes);
  bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 1, 3);
  const uk_halves4 halves = __builtin_convertvector(bytes, uk_halves4);
  memcpy(wide, &halves, sizeof halves);
}

/// Widens `count` elements in groups of 4, in the tile's order; the last group is filled with 0.
UK_INLINE UK_TARGET void uk_widen(const int8_t *x, size_t count, int16_t *wide) {
  size_t k = 0;
  for (; k + 16 <= count; k += 16) {
    uk_bytes16 bytes;
    memcpy(&bytes, x + k, sizeof bytes);
    bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13,
                                    15);
    const uk_halves16 halves = __builtin_convertvector(bytes, uk_halves16);
    memcpy(wide + k, &halves, sizeof halves);
  }
  for (; k + 4 <= count; k += 4) uk_widen4(x + k, wide + k);
  if (k < count) {
    uint32_t rest = (uint8_t)x[k];
    if (k + 1 < count) rest |= (uint32_t)(uint8_t)x[k + 1] << 8;
    if (k + 2 < count) rest |= (uint32_t)(uint8_t)x[k + 2] << 16;
    uk_widen4(&rest, wide + k);
  }
}

/// `uk_requantize` in the terms of `uk_requantize_panel`.
typedef struct uk_s8_output {
  float min, max;  // less the zero point
  int32_t offset;  // from the bits of a rounded sum to int8
} uk_s8_output;

UK_INLINE uk_s8_output uk_make_s8_output(const uk_requantize *output) {
  return (uk_s8_output){
      .min = (float)(output->min - output->zero_point),
      .max = (float)(output->max - output->zero_point),
      .offset = output->zero_point - UK_ROUND_MAGIC_BITS,
  };
}

/// Sums in steps of the output.
UK_INLINE UK_TARGET uk_panel_f32 uk_scale_panel(uk_panel_i32 sum, uk_panel_f32 scale) {
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    scale.v[v] = __builtin_convertvector(sum.v[v], uk_lanes_f32) * scale.v[v];
  }
  return scale;
}

/// Steps to int8: the rule of `uk_requantize`.
UK_INLINE UK_TARGET uk_bytes16 uk_round_panel(uk_panel_f32 x, const uk_s8_output *output) {
  uk_panel_i32 y;
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    const uk_lanes_f32 clamped = uk_clamp_lanes(x.v[v], output->min, output->max);
    y.v[v] = (uk_lanes_i32)(clamped + UK_ROUND_MAGIC) + output->offset;
  }
  return (uk_bytes16)UK_NARROW(y.v);
}

/// Sums to int8.
UK_INLINE UK_TARGET uk_bytes16 uk_requantize_panel(uk_panel_i32 sum, uk_panel_f32 scale,
                                                   const uk_s8_output *output) {
  return uk_round_panel(uk_scale_panel(sum, scale), output);
}

/// Adds a residual to a result, both in steps: the rule of s8_add. The result is rounded first, as
/// storing it would; that leaves its distance from its zero point.
UK_INLINE UK_TARGET uk_panel_f32 uk_add_residual_panel(uk_panel_f32 x, const uk_s8_output *result,
                                                       uk_bytes16 residual,
                                                       const uk_s8_residual *add) {
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    const uk_lanes_f32 clamped = uk_clamp_lanes(x.v[v], result->min, result->max);
    const uk_lanes_f32 rounded = (clamped + UK_ROUND_MAGIC) - UK_ROUND_MAGIC;
    uk_lanes_i8 bytes;
    memcpy(&bytes, (const int8_t *)&residual + v * UK_LANES, sizeof bytes);
    const uk_lanes_i32 steps =
        __builtin_convertvector(bytes, uk_lanes_i32) - add->residual_zero_point;
    const uk_lanes_f32 left = rounded * add->scale;
    const uk_lanes_f32 right = __builtin_convertvector(steps, uk_lanes_f32) * add->residual_scale;
    x.v[v] = left + right;
  }
  return x;
}

/// What the weights' zero point takes from every column of each row: −zero_point · Σx.
UK_INLINE UK_TARGET void uk_s8_row_starts(const int16_t *a, size_t rows, size_t depth,
                                          int32_t zero_point, int32_t *starts) {
  for (size_t i = 0; i < rows; ++i, a += depth) {
    int32_t sum = 0;
    for (size_t k = 0; zero_point != 0 && k < depth; ++k) sum += a[k];
    starts[i] = (int32_t)(0u - (uint32_t)zero_point * (uint32_t)sum);
  }
}

/// A product of rows that are already widened.
typedef struct uk_s8_product {
  const int16_t *a;       // [row][depth]
  const int32_t *starts;  // what is added to every column of a row
  size_t depth;           // a multiple of 4
  const int8_t *weights;  // [panel][depth / 4][16][4]
  const int32_t *bias;
  const float *scale;
  uk_s8_output output;
  int8_t *const *y;
  size_t columns;
  const int8_t *const *residual;  // rows as y's
  const uk_s8_residual *add;
  uk_s8_output sum;  // of result and residual
} uk_s8_product;

/// Stores the sums of one row from `column` on.
UK_INLINE UK_TARGET void uk_s8_store(const uk_s8_product *p, size_t row, size_t column,
                                     uk_panel_i32 sum, uk_panel_f32 scale) {
  const size_t count = p->columns - column;
  uk_panel_f32 x = uk_scale_panel(sum, scale);
  if (UK_RESIDUAL) {
    uk_bytes16 residual = {0};
    uk_copy_panel(&residual, p->residual[row] + column, count, 1);
    x = uk_add_residual_panel(x, &p->output, residual, p->add);
  }
  const uk_bytes16 y = uk_round_panel(x, UK_RESIDUAL ? &p->sum : &p->output);
  uk_copy_panel(p->y[row] + column, &y, count, 1);
}

/// Rows `first ..< first + rows` of one panel; `rows` is a constant.
UK_INLINE UK_TARGET void uk_s8_tile(const uk_s8_product *p, size_t panel, size_t first,
                                    const int rows) {
  const int8_t *w = p->weights + panel * p->depth * UK_PANEL;
  const int16_t *a[UK_TILE_ROWS_S8];
  uk_panel_i32 sum[UK_TILE_ROWS_S8];
  UK_UNROLL for (int i = 0; i < rows; ++i) {
    a[i] = p->a + (first + i) * p->depth;
    sum[i] = uk_load_panel_i32(p->bias + panel * UK_PANEL);
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) sum[i].v[v] += p->starts[first + i];
  }
  for (size_t k = 0; k < p->depth; k += 4, w += 4 * UK_PANEL) {
    UK_UNROLL for (int half = 0; half < 2; ++half) {
      uk_lanes_i16 columns[UK_VECTORS];
      memcpy(columns, w, sizeof columns);
      UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
        columns[v] = half == 0 ? (columns[v] << 8) >> 8 : columns[v] >> 8;
      }
      UK_UNROLL for (int i = 0; i < rows; ++i) {
        int32_t pair;
        memcpy(&pair, a[i] + k + 2 * half, sizeof pair);
        UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
          sum[i].v[v] += UK_MULTIPLY_ADD_PAIRS((uk_lanes_i32)pair, columns[v]);
          UK_SETTLE(sum[i].v[v]);
        }
      }
    }
  }
  const uk_panel_f32 scale = uk_load_panel_f32(p->scale + panel * UK_PANEL);
  UK_UNROLL for (int i = 0; i < rows; ++i) {
    uk_s8_store(p, first + i, panel * UK_PANEL, sum[i], scale);
  }
}

/// `rows` rows, panel by panel: a panel's weights stay in the cache for all of them.
UK_TARGET static __attribute__((noinline)) void uk_s8_block(const uk_s8_product *p, size_t rows) {
  for (size_t panel = 0; panel * UK_PANEL < p->columns; ++panel) {
    size_t height;
    for (size_t first = 0; first < rows; first += height) {
      height = uk_tile_height(rows - first, UK_TILE_ROWS_S8);
      UK_WITH_CONSTANT_HEIGHT(UK_TILE_ROWS_S8, height, uk_s8_tile, p, panel, first);
    }
  }
}

#endif
