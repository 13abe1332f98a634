// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_SOFTMAX_ROW_H
#define THIMBLE_UK_SOFTMAX_ROW_H

// Softmax of one row in float32, for the kernels that end in it.

#include "uk_exp.h"
#include "uk_row_sums.h"

/// The greatest element, −∞ when all are NaN. Of equal zeros either sign may come out, which
/// x − max does not show.
UK_INLINE float uk_row_max(const float *x, size_t columns) {
  float greatest = -__builtin_inff();
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  uk_vf lanes = uk_splat(greatest);
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) lanes = uk_max(uk_load(x + c), lanes);
  float halves[UK_WIDTH];
  uk_store(halves, lanes);
  for (size_t half = UK_WIDTH / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) halves[i] = uk_max(halves[i + half], halves[i]);
  }
  greatest = halves[0];
#endif
  for (; c < columns; ++c) greatest = uk_max(x[c], greatest);
  return greatest;
}

/// Writes exp(beta · (x − greatest)) and returns its sum.
UK_INLINE float uk_row_exp(const float *x, float *y, size_t columns, float beta, float greatest) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      const uk_vf e = uk_exp((uk_load_lanes(x + c, columns - c) - greatest) * beta);
      uk_store_lanes(y + c, e, columns - c);
      sums.of[v] += uk_keep_lanes(e, columns - c);
    }
  }
  return uk_join_sums(&sums);
}

/// exp(beta · (x − max)) / sum. y may lie on x; between its passes it holds the exponentials.
UK_INLINE void uk_row_softmax(const float *x, float *y, size_t columns, float beta) {
  const float sum = uk_row_exp(x, y, columns, beta, uk_row_max(x, columns));
  for (size_t c = 0; c < columns; c += UK_WIDTH) {
    uk_store_lanes(y + c, uk_load_lanes(y + c, columns - c) / sum, columns - c);
  }
}

#endif
