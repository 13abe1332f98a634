// SPDX-License-Identifier: Apache-2.0
// dx[rows, columns] = dy · f′(x) for a function f of f32_map in float32, the multiply-adds inside
// as the kernel's float class rounds them. dx may lie on dy or x.

#include "../support/uk_derivatives.h"
#include "../support/uk_elements.h"

#define UK_MAP(function, derivative)                        \
  case UK_FUNCTION_##function:                              \
    UK_STORE_EACH(dx, count, UK_AT(dy) * (derivative));     \
    break;

#define UK_X UK_AT(x)

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_map_parameters *p = arguments->parameters;
  const float alpha = p->alpha, beta = p->beta;
  const int32_t exponent = p->exponent;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *dy = uk_elements(arguments, 0, first), *x = uk_elements(arguments, 1, first);
  float *dx = uk_elements(arguments, 2, first);
  switch ((uk_f32_function)p->function) {
    UK_MAP(SIGMOID, uk_logistic_slope(UK_X))
    UK_MAP(TANH, uk_tanh_slope(UK_X))
    UK_MAP(ERF, uk_erf_slope(UK_X))
    UK_MAP(GELU, uk_gelu_slope(UK_X))
    UK_MAP(GELU_TANH, uk_gelu_tanh_slope(UK_X))
    UK_MAP(SILU, uk_silu_slope(UK_X))
    UK_MAP(HARD_SWISH, uk_hard_swish_slope(UK_X))
    UK_MAP(HARD_SIGMOID, uk_hard_sigmoid_slope(UK_X, alpha, beta))
    UK_MAP(ELU, uk_elu_slope(UK_X, alpha))
    UK_MAP(SOFTPLUS, uk_sigmoid(UK_X))
    UK_MAP(EXP, uk_exp(UK_X))
    UK_MAP(LOG, 1 / UK_X)
    UK_MAP(SQRT, 0.5f / uk_sqrt(UK_X))
    UK_MAP(RSQRT, uk_rsqrt_slope(UK_X))
    UK_MAP(RECIPROCAL, uk_reciprocal_slope(UK_X))
    UK_MAP(INTEGER_POWER, uk_integer_power_slope(UK_X, exponent))
    UK_MAP(POWER, uk_power_slope(UK_X, alpha))
    UK_MAP(ABS, uk_abs_slope(UK_X))
    UK_MAP(NEGATE, uk_splat(-1))
    UK_MAP(FLOOR, uk_splat(0))
    UK_MAP(CEIL, uk_splat(0))
    UK_MAP(ROUND, uk_splat(0))
  }
}
