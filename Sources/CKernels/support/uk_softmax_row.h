// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_SOFTMAX_ROW_H
#define THIMBLE_UK_SOFTMAX_ROW_H

// Softmax of one row in float32, for the kernels that end in it.

#include "uk_exp.h"
#include "uk_partial_sums.h"

/// The greatest element, −∞ when all are NaN. Of equal zeros either sign may come out, which
/// x − max does not show.
UK_INLINE float uk_row_max(const float *x, size_t columns) {
  float greatest = -__builtin_inff();
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  uk_vf lanes = uk_splat(greatest);
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) lanes = uk_max(uk_load(x + c), lanes);
  for (size_t i = 0; i < UK_WIDTH; ++i) greatest = uk_max(lanes[i], greatest);
#endif
  for (; c < columns; ++c) greatest = uk_max(x[c], greatest);
  return greatest;
}

/// Writes exp(beta · (x − greatest)) and returns its sum.
UK_INLINE float uk_row_exp(const float *x, float *y, size_t columns, float beta, float greatest) {
  float partial[UK_PARTIAL_SUMS] = {0};
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    const uk_vf e = uk_exp((uk_load(x + c) - greatest) * beta);
    float *lanes = partial + c % UK_PARTIAL_SUMS;
    uk_store(lanes, uk_load(lanes) + e);
    uk_store(y + c, e);
  }
#endif
  for (; c < columns; ++c) {
    y[c] = uk_exp((x[c] - greatest) * beta);
    partial[c % UK_PARTIAL_SUMS] += y[c];
  }
  return uk_join_partial_sums(partial);
}

/// exp(beta · (x − max)) / sum. y may lie on x; between its passes it holds the exponentials.
UK_INLINE void uk_row_softmax(const float *x, float *y, size_t columns, float beta) {
  const float sum = uk_row_exp(x, y, columns, beta, uk_row_max(x, columns));
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) uk_store(y + c, uk_load(y + c) / sum);
#endif
  for (; c < columns; ++c) y[c] = y[c] / sum;
}

#endif
