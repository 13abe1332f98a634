// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_FUNCTIONS_H
#define THIMBLE_UK_FUNCTIONS_H

#include "uk_exp.h"

// The functions of f32_map, for a float or for a vector of them, with the same bits. NaN gives NaN.
// Tests/KernelsTests/FunctionTests holds how far each is off.

// log(1 + f) = f + f²·q(f) for f in √½ − 1 … √2 − 1: relative error 2^-27.8 before rounding. This
// and the polynomials below by least squares, reweighted until the largest relative error of the
// function is least, each coefficient rounded to float before the next ones are fitted again.
#define UK_LOG_Q0 -0x1.fffff8p-2f
#define UK_LOG_Q1 0x1.555550p-2f
#define UK_LOG_Q2 -0x1.00043ap-2f
#define UK_LOG_Q3 0x1.99a440p-3f
#define UK_LOG_Q4 -0x1.54237ep-3f
#define UK_LOG_Q5 0x1.2267dap-3f
#define UK_LOG_Q6 -0x1.0f509ep-3f
#define UK_LOG_Q7 0x1.089a46p-3f
#define UK_LOG_Q8 -0x1.3881fcp-4f

#define UK_LOG_SQRT_HALF_BITS 0x3f3504f3
#define UK_LOG_SQRT2_LESS_1 0x1.a8279ap-2f

// erf(x) = x + x·p(x²) up to this argument: relative error 2^-27.1 before rounding.
#define UK_ERF_MIDDLE 0.85f
#define UK_ERF_P0 0x1.06eba8p-3f
#define UK_ERF_P1 -0x1.812726p-2f
#define UK_ERF_P2 0x1.ce256ap-4f
#define UK_ERF_P3 -0x1.b735eap-6f
#define UK_ERF_P4 0x1.4b7630p-8f
#define UK_ERF_P5 -0x1.4cd860p-11f

// 1 − erf(x) = exp(−x·t(x)) from there to 3.95: relative error of erf 2^-28.1 before rounding. From
// 3.92 on erf rounds to 1.
#define UK_ERF_HIGHEST 4.0f
#define UK_ERF_T0 0x1.20e766p+0f
#define UK_ERF_T1 0x1.457576p-1f
#define UK_ERF_T2 0x1.af761ap-4f
#define UK_ERF_T3 -0x1.77d482p-6f
#define UK_ERF_T4 0x1.a768d4p-9f
#define UK_ERF_T5 -0x1.c4b6eap-13f

#define UK_SQRT_HALF 0x1.6a09e6p-1f
// −2·√(2/π), and that times 0.044715: the tanh form of GELU as a logistic function.
#define UK_GELU_LINEAR -0x1.988454p+0f
#define UK_GELU_CUBIC -0x1.2444f2p-4f

// Where 1 − tanh and 1 − e⁻ˣ are below half a unit.
#define UK_TANH_HIGHEST 10.0f
#define UK_EXPM1_LOWEST -30.0f

// From here on every float is an integer.
#define UK_INTEGERS_ONLY 0x1p+23f

#if defined(UK_VECTOR_BYTES)
#define UK_REAL uk_vf
#define UK_INTEGER uk_vi
#else
#define UK_REAL float
#define UK_INTEGER int32_t
#endif
#include "uk_functions_form.h"
#undef UK_REAL
#undef UK_INTEGER

#endif
