// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_DERIVATIVES_H
#define THIMBLE_UK_DERIVATIVES_H

#include "uk_functions.h"
#include "uk_lanes.h"

// The derivatives of the functions of f32_map, by x, for a vector of floats, or for one float where
// there are none, with the same bits. NaN gives NaN where a derivative looks at x; kinks are as
// uk_training_parameters.h has them. Tests/KernelsTests holds how far each is off.

/// Beyond these every derivative with a tail has reached its end, and x times a tail would be
/// infinity times 0.
#define UK_GAUSSIAN_END 20.0f
#define UK_LOGISTIC_END 128.0f

// 2/√π and 1/√(2π).
#define UK_TWO_OVER_SQRT_PI 0x1.20dd76p+0f
#define UK_GAUSSIAN_PEAK 0x1.988454p-2f

/// x, but no further from 0 than `end`.
UK_INLINE uk_vf uk_within(uk_vf x, float end) {
  return uk_select(uk_abs(x) > end, uk_with_sign(uk_splat(end), x), x);
}

/// e⁻ˣ / (1 + e⁻ˣ)², which is even: the slope of the logistic function.
UK_INLINE uk_vf uk_logistic_slope(uk_vf x) {
  const uk_vf e = uk_exp(-uk_abs(x)), q = 1 / (e + 1);
  return e * (q * q);
}

/// 1 − tanh² x = 4·logistic slope of 2x.
UK_INLINE uk_vf uk_tanh_slope(uk_vf x) { return 4 * uk_logistic_slope(2 * x); }

UK_INLINE uk_vf uk_erf_slope(uk_vf x) { return uk_exp(-(x * x)) * UK_TWO_OVER_SQRT_PI; }

/// Φ(x) + x·φ(x).
UK_INLINE uk_vf uk_gelu_slope(uk_vf x) {
  const uk_vf v = uk_within(x, UK_GAUSSIAN_END), half = uk_splat(0.5f);
  const uk_vf normal = UK_MULADD(half, uk_erf(v * UK_SQRT_HALF), half);
  const uk_vf density = uk_exp(v * v * -0.5f) * UK_GAUSSIAN_PEAK;
  return UK_MULADD(v, density, normal);
}

/// With y = x·s(u), u = x·(linear + cubic·x²): s(u) + x·s′(u)·(linear + 3·cubic·x²).
UK_INLINE uk_vf uk_gelu_tanh_slope(uk_vf x) {
  const uk_vf v = uk_within(x, UK_GAUSSIAN_END), square = v * v;
  const uk_vf linear = uk_splat(-UK_GELU_LINEAR);
  const uk_vf u = v * UK_MULADD(square, uk_splat(-UK_GELU_CUBIC), linear);
  const uk_vf inner = UK_MULADD(square, uk_splat(-3 * UK_GELU_CUBIC), linear);
  return UK_MULADD(v * inner, uk_logistic_slope(u), uk_sigmoid(u));
}

/// s(x) + x·s′(x).
UK_INLINE uk_vf uk_silu_slope(uk_vf x) {
  const uk_vf v = uk_within(x, UK_LOGISTIC_END);
  return UK_MULADD(v, uk_logistic_slope(v), uk_sigmoid(v));
}

UK_INLINE uk_vf uk_hard_swish_slope(uk_vf x) {
  const uk_vf inner = UK_MULADD(x, uk_splat(0x1.555556p-2f), uk_splat(0.5f));
  return uk_select(x <= -3, uk_splat(0), uk_select(x >= 3, uk_splat(1), inner));
}

UK_INLINE uk_vf uk_hard_sigmoid_slope(uk_vf x, float alpha, float beta) {
  const uk_vf y = UK_MULADD(x, uk_splat(alpha), uk_splat(beta));
  return uk_select((y > 0) & (y < 1), uk_splat(alpha), uk_splat(0));
}

UK_INLINE uk_vf uk_elu_slope(uk_vf x, float alpha) {
  return uk_select(x > 0, uk_splat(1), uk_exp(x) * alpha);
}

UK_INLINE uk_vf uk_rsqrt_slope(uk_vf x) {
  const uk_vf y = 1 / uk_sqrt(x);
  return y * (y * y) * -0.5f;
}

UK_INLINE uk_vf uk_reciprocal_slope(uk_vf x) {
  const uk_vf y = 1 / x;
  return -(y * y);
}

/// n·xⁿ⁻¹.
UK_INLINE uk_vf uk_integer_power_slope(uk_vf x, int32_t n) {
  return n == 1 ? uk_splat(1) : uk_integer_power(x, n - 1) * (float)n;
}

UK_INLINE uk_vf uk_power_slope(uk_vf x, float alpha) { return uk_power(x, alpha - 1) * alpha; }

UK_INLINE uk_vf uk_abs_slope(uk_vf x) {
  return uk_select(x > 0, uk_splat(1), uk_select(x < 0, uk_splat(-1), uk_abs(x)));
}

#endif
