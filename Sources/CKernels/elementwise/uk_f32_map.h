// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = function(x) in float32, the multiply-adds inside as the kernel's float class
// rounds them. y may lie on x.

#include "../support/uk_functions.h"

/// Stores the value of an expression of `v` for each element `v` of x. The last ones, fewer than a
/// vector, are computed as one that zeros fill up.
#if defined(UK_VECTOR_BYTES)
#define UK_MAP(function, expression)                            \
  case UK_FUNCTION_##function:                                  \
    for (; i + UK_WIDTH <= count; i += UK_WIDTH) {              \
      const uk_vf v = uk_load(x + i);                           \
      uk_store(y + i, expression);                              \
    }                                                           \
    if (i < count) {                                            \
      uk_vf v = {0};                                            \
      memcpy(&v, x + i, (count - i) * sizeof *x);               \
      v = expression;                                           \
      memcpy(y + i, &v, (count - i) * sizeof *y);               \
    }                                                           \
    break;
#else
#define UK_MAP(function, expression) \
  case UK_FUNCTION_##function:       \
    for (; i < count; ++i) {         \
      const float v = x[i];          \
      y[i] = expression;             \
    }                                \
    break;
#endif

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_map_parameters *p = arguments->parameters;
  const float alpha = p->alpha, beta = p->beta;
  const int32_t exponent = p->exponent;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = (const float *)arguments->operands[0].data + first;
  float *y = (float *)arguments->operands[1].data + first;
  size_t i = 0;
  switch ((uk_f32_function)p->function) {
    UK_MAP(SIGMOID, uk_sigmoid(v))
    UK_MAP(TANH, uk_tanh(v))
    UK_MAP(ERF, uk_erf(v))
    UK_MAP(GELU, uk_gelu(v))
    UK_MAP(GELU_TANH, uk_gelu_tanh(v))
    UK_MAP(SILU, uk_silu(v))
    UK_MAP(HARD_SWISH, uk_hard_swish(v))
    UK_MAP(HARD_SIGMOID, uk_hard_sigmoid(v, alpha, beta))
    UK_MAP(ELU, uk_elu(v, alpha))
    UK_MAP(SOFTPLUS, uk_softplus(v))
    UK_MAP(EXP, uk_exp(v))
    UK_MAP(LOG, uk_log(v))
    UK_MAP(SQRT, uk_sqrt(v))
    UK_MAP(RSQRT, 1 / uk_sqrt(v))
    UK_MAP(RECIPROCAL, 1 / v)
    UK_MAP(INTEGER_POWER, uk_integer_power(v, exponent))
    UK_MAP(POWER, uk_power(v, alpha))
    UK_MAP(ABS, uk_abs(v))
    UK_MAP(NEGATE, -v)
    UK_MAP(FLOOR, uk_floor(v))
    UK_MAP(CEIL, uk_ceil(v))
    UK_MAP(ROUND, uk_round(v))
  }
}
