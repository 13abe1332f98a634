// SPDX-License-Identifier: Apache-2.0
// The one text of uk_exp, included by uk_exp.h for UK_REAL a float and for UK_REAL a vector of
// floats; UK_INTEGER has lanes as wide.

/// eʳ − 1 and, in the low bits of `shifted`, n: eˣ is 2ⁿ·eʳ.
UK_INLINE UK_REAL uk_exp_reduced(UK_REAL x, UK_INTEGER *shifted_bits) {
  const UK_REAL zero = {0};
  const UK_REAL shifted = UK_MULADD(x, zero + UK_EXP_LOG2_E, zero + UK_EXP_MAGIC);
  const UK_REAL n = shifted - UK_EXP_MAGIC;
  UK_REAL r = UK_MULADD(n, zero - UK_EXP_LN2_HIGH, x);
  r = UK_MULADD(n, zero - UK_EXP_LN2_LOW, r);
  UK_REAL q = UK_MULADD(zero + UK_EXP_Q4, r, zero + UK_EXP_Q3);
  q = UK_MULADD(q, r, zero + UK_EXP_Q2);
  q = UK_MULADD(q, r, zero + UK_EXP_Q1);
  q = UK_MULADD(q, r, zero + UK_EXP_Q0);
  memcpy(shifted_bits, &shifted, sizeof shifted);
  return UK_MULADD(q, r * r, r);
}

UK_INLINE UK_REAL uk_exp(UK_REAL x) {
  const UK_REAL zero = {0};
  UK_INTEGER exponent, bits;
  const UK_REAL power = uk_exp_reduced(x, &exponent) + 1;

  // Times 2ⁿ: n is added to the exponent, where a normal result cannot overflow. Outside the range
  // the bits mean nothing and are not selected.
  memcpy(&bits, &power, sizeof bits);
  bits = uk_add_exponent(bits, exponent);
  UK_REAL y;
  memcpy(&y, &bits, sizeof y);
  y = uk_select(x < UK_EXP_LOWEST, zero, y);
  y = uk_select(x > UK_EXP_HIGHEST, zero + __builtin_inff(), y);
  return uk_select(x == x, y, x);
}
