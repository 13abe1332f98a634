// SPDX-License-Identifier: Apache-2.0
// The one text of uk_functions.h, for UK_REAL a float or a vector of floats; UK_INTEGER has lanes
// as wide.

UK_INLINE UK_REAL uk_abs(UK_REAL x) { return __builtin_elementwise_abs(x); }

UK_INLINE UK_REAL uk_with_sign(UK_REAL magnitude, UK_REAL sign) {
  return __builtin_elementwise_copysign(magnitude, sign);
}

/// eˣ − 1 for −88 <= x <= 88. The product with 2ⁿ is exact.
UK_INLINE UK_REAL uk_expm1(UK_REAL x) {
  const UK_REAL one = (UK_REAL){0} + 1;
  UK_INTEGER bits, exponent;
  const UK_REAL power = uk_exp_reduced(x, &exponent);
  memcpy(&bits, &one, sizeof bits);
  bits = uk_add_exponent(bits, exponent);
  UK_REAL scale;
  memcpy(&scale, &bits, sizeof scale);
  return UK_MULADD(power, scale, scale - 1);
}

/// n·ln 2 + log(1 + f) for f in √½ − 1 … √2 − 1.
UK_INLINE UK_REAL uk_log_sum(UK_REAL n, UK_REAL f) {
  const UK_REAL zero = {0};
  UK_REAL q = UK_MULADD(zero + UK_LOG_Q8, f, zero + UK_LOG_Q7);
  q = UK_MULADD(q, f, zero + UK_LOG_Q6);
  q = UK_MULADD(q, f, zero + UK_LOG_Q5);
  q = UK_MULADD(q, f, zero + UK_LOG_Q4);
  q = UK_MULADD(q, f, zero + UK_LOG_Q3);
  q = UK_MULADD(q, f, zero + UK_LOG_Q2);
  q = UK_MULADD(q, f, zero + UK_LOG_Q1);
  q = UK_MULADD(q, f, zero + UK_LOG_Q0);
  const UK_REAL rest = UK_MULADD(q, f * f, n * UK_EXP_LN2_LOW);
  return UK_MULADD(n, zero + UK_EXP_LN2_HIGH, f + rest);
}

/// −∞ for zeros, NaN below.
UK_INLINE UK_REAL uk_log(UK_REAL x) {
  const UK_REAL zero = {0}, infinity = zero + __builtin_inff();
  const float least = 0x1p-126f;
  const UK_REAL normal = uk_select(x < least, zero + least, x);
  UK_INTEGER bits;
  memcpy(&bits, &normal, sizeof bits);
  // x is 2ⁿ times a fraction that begins at √½.
  const UK_INTEGER above = bits - UK_LOG_SQRT_HALF_BITS;
  bits -= above & -0x800000;
  UK_REAL fraction;
  memcpy(&fraction, &bits, sizeof fraction);
  UK_REAL y = uk_log_sum(uk_to_float(above >> 23), fraction - 1);
  y = uk_select(x < least, -infinity, y);
  y = uk_select(x <= -least, zero + __builtin_nanf(""), y);
  return uk_select(x < infinity, y, x);
}

UK_INLINE UK_REAL uk_sigmoid(UK_REAL x) { return 1 / (uk_exp(-x) + 1); }

UK_INLINE UK_REAL uk_silu(UK_REAL x) { return x / (uk_exp(-x) + 1); }

UK_INLINE UK_REAL uk_tanh(UK_REAL x) {
  const UK_REAL highest = (UK_REAL){0} + UK_TANH_HIGHEST;
  const UK_REAL magnitude = uk_abs(x);
  const UK_REAL e = uk_expm1(2 * uk_select(magnitude > highest, highest, magnitude));
  return uk_with_sign(e / (e + 2), x);
}

UK_INLINE UK_REAL uk_erf(UK_REAL x) {
  const UK_REAL zero = {0}, highest = zero + UK_ERF_HIGHEST;
  const UK_REAL square = x * x;
  UK_REAL p = UK_MULADD(zero + UK_ERF_P5, square, zero + UK_ERF_P4);
  p = UK_MULADD(p, square, zero + UK_ERF_P3);
  p = UK_MULADD(p, square, zero + UK_ERF_P2);
  p = UK_MULADD(p, square, zero + UK_ERF_P1);
  p = UK_MULADD(p, square, zero + UK_ERF_P0);

  UK_REAL a = uk_abs(x);
  const UK_INTEGER is_small = (a <= UK_ERF_MIDDLE);
  a = uk_select(a > highest, highest, a);
  UK_REAL t = UK_MULADD(zero + UK_ERF_T5, a, zero + UK_ERF_T4);
  t = UK_MULADD(t, a, zero + UK_ERF_T3);
  t = UK_MULADD(t, a, zero + UK_ERF_T2);
  t = UK_MULADD(t, a, zero + UK_ERF_T1);
  t = UK_MULADD(t, a, zero + UK_ERF_T0);
  const UK_REAL large = 1 - uk_exp(-(a * t));
  return uk_select(is_small, UK_MULADD(x, p, x), uk_with_sign(large, x));
}

/// x/2 · (1 + erf(x / √2)).
UK_INLINE UK_REAL uk_gelu(UK_REAL x) {
  const UK_REAL half = x * 0.5f;
  return UK_MULADD(half, uk_erf(x * UK_SQRT_HALF), half);
}

/// x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))) = x / (1 + exp(−2·√(2/π) · (x + 0.044715·x³))).
UK_INLINE UK_REAL uk_gelu_tanh(UK_REAL x) {
  const UK_REAL zero = {0};
  const UK_REAL slope = UK_MULADD(x * x, zero + UK_GELU_CUBIC, zero + UK_GELU_LINEAR);
  return x / (uk_exp(x * slope) + 1);
}

/// x · clamp(x + 3, 0, 6) / 6.
UK_INLINE UK_REAL uk_hard_swish(UK_REAL x) { return x * uk_clamp(x + 3, 0, 6) * 0x1.555556p-3f; }

/// clamp(alpha·x + beta, 0, 1).
UK_INLINE UK_REAL uk_hard_sigmoid(UK_REAL x, float alpha, float beta) {
  const UK_REAL zero = {0};
  return uk_clamp(UK_MULADD(x, zero + alpha, zero + beta), 0, 1);
}

/// x where positive, else alpha · (eˣ − 1).
UK_INLINE UK_REAL uk_elu(UK_REAL x, float alpha) {
  const UK_REAL zero = {0}, lowest = zero + UK_EXPM1_LOWEST;
  const UK_REAL negative = uk_select(x > 0, zero, x);
  const UK_REAL e = uk_expm1(uk_select(negative < lowest, lowest, negative));
  return uk_select(x > 0, x, e * alpha);
}

/// log(1 + eˣ) = max(x, 0) + log(1 + e⁻ⁱˣⁱ).
UK_INLINE UK_REAL uk_softplus(UK_REAL x) {
  const UK_REAL zero = {0}, one = zero + 1;
  const UK_REAL e = uk_exp(-uk_abs(x));
  const UK_INTEGER is_large = (e > UK_LOG_SQRT2_LESS_1);
  const UK_REAL f = uk_select(is_large, (e - 1) * 0.5f, e);
  return uk_max(x, zero) + uk_log_sum(uk_select(is_large, one, zero), f);
}

/// Squares, and products with x, from the exponent's highest bit down; below 0 the reciprocal.
UK_INLINE UK_REAL uk_integer_power(UK_REAL x, int32_t exponent) {
  const uint32_t count = exponent < 0 ? -(uint32_t)exponent : (uint32_t)exponent;
  UK_REAL y = x;
  for (uint32_t bit = 0x40000000u >> __builtin_clz(count); bit != 0; bit >>= 1) {
    y *= y;
    if (count & bit) y *= x;
  }
  return exponent < 0 ? 1 / y : y;
}

/// x to the power of alpha, for any alpha: NaN below 0.
UK_INLINE UK_REAL uk_power(UK_REAL x, float alpha) { return uk_exp(uk_log(x) * alpha); }

UK_INLINE UK_REAL uk_sqrt(UK_REAL x) { return __builtin_elementwise_sqrt(x); }

/// To nearest even.
UK_INLINE UK_REAL uk_round(UK_REAL x) {
  const UK_REAL magnitude = uk_abs(x);
  const UK_REAL rounded = (magnitude + UK_INTEGERS_ONLY) - UK_INTEGERS_ONLY;
  return uk_select(magnitude < UK_INTEGERS_ONLY, uk_with_sign(rounded, x), x);
}

UK_INLINE UK_REAL uk_floor(UK_REAL x) {
  const UK_REAL zero = {0}, rounded = uk_round(x);
  return uk_with_sign(rounded - uk_select(rounded > x, zero + 1, zero), x);
}

UK_INLINE UK_REAL uk_ceil(UK_REAL x) { return -uk_floor(-x); }
