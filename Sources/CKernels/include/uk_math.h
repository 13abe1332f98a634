// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_MATH_H
#define THIMBLE_UK_MATH_H

#if defined(__cplusplus)
extern "C" {
#endif

/// eˣ as the softmax kernels of the fma class compute it; the CPU must have FMA.
///
/// 0 where eˣ is below the smallest normal number, +∞ where it overflows, NaN for NaN. At most 1.02
/// ulp off.
float uk_exp_fma(float x);

/// eˣ as the softmax kernels of the muladd class compute it, on every CPU.
float uk_exp_muladd(float x);

#if defined(__cplusplus)
}
#endif

#endif
