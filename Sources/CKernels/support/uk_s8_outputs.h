// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_OUTPUTS_H
#define THIMBLE_UK_S8_OUTPUTS_H

// How a tile of int32 sums becomes int8: `uk_requantize`, four vectors ("a quad") at a time.
//
// Conversion to int32 rounds to nearest even and gives INT_MIN for NaN and for what does not fit.
// For NaN and what is too low that is right, since packing saturates; what is too high is clamped
// before, unless the scales are below 1 and nothing is too high. Clamping behind the zero point is
// the same as clamping before the rounding, since the ends are integers.

#include "uk_tile_lanes.h"

/// Outputs in float32 instead: clamp((row_scale · scale) · sum + bias), each operation rounded.
typedef struct uk_s8_reals {
  float *y;
  size_t pitch;            // elements from one row to the next
  const float *row_scale;  // by row
  const float *bias;
  float min, max;
} uk_s8_reals;

/// Where the outputs of a product go, and how.
typedef struct uk_s8_outputs {
  const float *scale;
  const uk_requantize *output;
  int8_t *const *y;               // by row
  size_t columns;
  const int8_t *const *residual;  // rows as y's, or NULL
  const uk_s8_residual *add;
  const uk_s8_reals *reals;       // or NULL
} uk_s8_outputs;

/// A rule of requantization as vectors: read once, since storing bytes may change anything.
typedef struct uk_s8_limits {
  uk_lanes_f32 min, max;  // less the zero point
  uk_steps zero_point;    // in lanes of 16 bits
  uk_lanes_i32 offset;    // the same in lanes of 32 bits
  uk_quad lowest, highest;
  int clamps;             // whether they are not the ends of int8
} uk_s8_limits;

UK_INLINE UK_TARGET uk_s8_limits uk_make_s8_limits(const uk_requantize *output) {
  return (uk_s8_limits){
      .min = (float)(output->min - output->zero_point),
      .max = (float)(output->max - output->zero_point),
      .zero_point = uk_fill_steps((int16_t)output->zero_point),
      .offset = output->zero_point,
      .lowest = uk_fill_quad((int8_t)output->min),
      .highest = uk_fill_quad((int8_t)output->max),
      .clamps = output->min > INT8_MIN || output->max < INT8_MAX,
  };
}

/// A quad of sums in steps from the zero point to int8.
UK_INLINE UK_TARGET uk_quad uk_s8_narrow(const uk_lanes_i32 *steps, const uk_s8_limits *limits) {
  return uk_narrow(steps, limits->zero_point, limits->clamps, limits->lowest, limits->highest);
}

/// How a residual is added.
typedef struct uk_s8_sum {
  uk_s8_limits result;
  uk_lanes_f32 scale, residual_scale;
  uk_lanes_i32 residual_zero_point;
} uk_s8_sum;

UK_INLINE UK_TARGET uk_s8_sum uk_make_s8_sum(const uk_s8_outputs *p) {
  if (p->residual == NULL) return (uk_s8_sum){0};
  return (uk_s8_sum){
      .result = uk_make_s8_limits(p->output),
      .scale = p->add->scale,
      .residual_scale = p->add->residual_scale,
      .residual_zero_point = p->add->residual_zero_point,
  };
}

/// A residual added to results in steps: the rule of s8_add. A result is rounded first, as storing
/// it would; that leaves its distance from its zero point, and a zero's sign makes no difference.
UK_INLINE UK_TARGET uk_lanes_f32 uk_s8_add_residual(uk_lanes_f32 x, uk_lanes_i32 residual,
                                                    const uk_s8_sum *add) {
  x = uk_at_most(uk_at_least(x, add->result.min), add->result.max);
  const uk_lanes_f32 left = __builtin_elementwise_roundeven(x) * add->scale;
  const uk_lanes_f32 right = uk_to_f32(residual - add->residual_zero_point) * add->residual_scale;
  return left + right;
}

/// Whether no product of an int32 with these scales can leave the range of int32.
UK_INLINE UK_TARGET int uk_s8_scales_fit(const float *scale, size_t count) {
  int fit = 1;
  for (size_t i = 0; i < count; ++i) fit &= scale[i] < 1 && scale[i] > -1;
  return fit;
}

/// What plain outputs of some columns share: read once, as `uk_s8_limits`.
typedef struct uk_s8_plain {
  uk_s8_limits limits;
  uk_lanes_f32 scale[4];
  int8_t *const *y;
  size_t column, count;
} uk_s8_plain;

UK_INLINE UK_TARGET uk_s8_plain uk_make_s8_plain(const uk_s8_outputs *p, size_t column,
                                                 const int width) {
  uk_s8_plain plain = {
      .limits = uk_make_s8_limits(p->output),
      .y = p->y,
      .column = column,
      .count = p->columns - column,
  };
  memcpy(plain.scale, p->scale + column, width * sizeof *plain.scale);
  return plain;
}

/// Stores `rows` rows of `width` vectors of sums; both extents are constants. The scales fit.
///
/// The zero point is added once for two vectors, in lanes of 16 bits, or while `widely` to each:
/// some CPUs multiply where they add and saturate. As the scales fit, that does not wrap.
UK_INLINE UK_TARGET void uk_s8_store_rows(const uk_s8_plain *p, const uk_lanes_i32 *sum,
                                          size_t first, const int rows, const int width,
                                          const int widely) {
  const uk_s8_limits *limits = &p->limits;
  const int together = 4 / width;  // rows whose sums fill four vectors
  int8_t *const *y = p->y + first;
  UK_UNROLL for (int i = 0; i < rows; i += together) {
    uk_lanes_i32 steps[4];
    UK_UNROLL for (int n = 0; n < 4; ++n) {
      const int at = i * width + n < rows * width ? i * width + n : rows * width - 1;
      steps[n] = uk_round_lanes(uk_to_f32(sum[at]) * p->scale[at % width]);
      if (widely) steps[n] += limits->offset;
    }
    const uk_steps zero_point = widely ? uk_fill_steps(0) : limits->zero_point;
    const uk_quad bytes =
        uk_narrow(steps, zero_point, limits->clamps, limits->lowest, limits->highest);
    UK_UNROLL for (int r = 0; r < together && i + r < rows; ++r) {
      uk_store_part(y[i + r] + p->column, bytes, r, width, p->count);
    }
  }
}

/// Whether no sum of a result and a residual can leave the range of int32.
UK_INLINE UK_TARGET int uk_s8_sum_fits(const uk_s8_residual *add) {
  const float left = 255 * add->scale, right = 255 * add->residual_scale;
  const float most = 1073741824.0f;
  return left < most && left > -most && right < most && right > -most;
}

/// The same with a residual, where scales and sum fit; `sum` holds whole quads. Integers are
/// clamped, as on most CPUs more units do that than for floats.
UK_INLINE UK_TARGET void uk_s8_store_sums(const uk_s8_outputs *p, const uk_lanes_i32 *sum,
                                          size_t column, size_t first, int rows, const int width) {
  const size_t count = p->columns - column;
  const uk_s8_limits limits = uk_make_s8_limits(&p->add->output);
  const uk_lanes_i32 min = p->output->min - p->output->zero_point;
  const uk_lanes_i32 max = p->output->max - p->output->zero_point;
  const uk_lanes_i32 residual_zero_point = p->add->residual_zero_point;
  const uk_lanes_f32 result_scale = p->add->scale, residual_scale = p->add->residual_scale;
  const int8_t *const *residual = p->residual + first;
  int8_t *const *y = p->y + first;
  const int together = 4 / width;
  uk_lanes_f32 scale[4];
  memcpy(scale, p->scale + column, width * sizeof *scale);
  for (int i = 0; i < rows; i += together, sum += 4) {
    uk_lanes_i32 steps[4];
    UK_UNROLL for (int n = 0; n < 4; ++n) {
      const int row = i + n / width < rows ? i + n / width : rows - 1;
      uk_lanes_i32 result = uk_round_lanes(uk_to_f32(sum[n]) * scale[n % width]);
      result = __builtin_elementwise_min(__builtin_elementwise_max(result, min), max);
      const uk_lanes_i32 other =
          uk_load_bytes(residual[row] + column, n % width * UK_LANES, count) - residual_zero_point;
      steps[n] = uk_round_lanes(uk_to_f32(result) * result_scale
                                + uk_to_f32(other) * residual_scale);
    }
    const uk_quad bytes = uk_s8_narrow(steps, &limits);
    UK_UNROLL for (int r = 0; r < together; ++r) {
      if (i + r < rows) uk_store_part(y[i + r] + column, bytes, r, width, count);
    }
  }
}

/// The same for any scales, and with any residual.
UK_INLINE UK_TARGET void uk_s8_store_any(const uk_s8_outputs *p, const uk_lanes_i32 *sum,
                                         size_t column, size_t first, int rows, const int width) {
  const size_t count = p->columns - column;
  const uk_s8_limits limits = uk_make_s8_limits(p->residual ? &p->add->output : p->output);
  const uk_s8_sum add = uk_make_s8_sum(p);
  const int together = 4 / width;
  uk_lanes_f32 scale[4];
  memcpy(scale, p->scale + column, width * sizeof *scale);
  for (int i = 0; i < rows; i += together, sum += 4) {
    uk_lanes_i32 steps[4];
    UK_UNROLL for (int n = 0; n < 4; ++n) {
      uk_lanes_f32 x = uk_to_f32(sum[n]) * scale[n % width];
      if (p->residual != NULL && i + n / width < rows) {
        const int8_t *from = p->residual[first + i + n / width] + column;
        x = uk_s8_add_residual(x, uk_load_bytes(from, n % width * UK_LANES, count), &add);
      }
      steps[n] = uk_round_lanes(uk_at_most(x, limits.max));
    }
    const uk_quad bytes = uk_s8_narrow(steps, &limits);
    UK_UNROLL for (int r = 0; r < together; ++r) {
      if (i + r < rows) uk_store_part(p->y[first + i + r] + column, bytes, r, width, count);
    }
  }
}

#endif
