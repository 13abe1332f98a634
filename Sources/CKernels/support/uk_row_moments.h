// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_ROW_MOMENTS_H
#define THIMBLE_UK_ROW_MOMENTS_H

// Sum and squared deviation of a row, for normalisation and its gradient.

#include "uk_row_sums.h"

UK_INLINE float uk_row_sum(const float *x, size_t columns) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      sums.of[v] += uk_load_lanes(x + c, columns - c);
    }
  }
  return uk_join_sums(&sums);
}

/// The sum of (x − mean)².
UK_INLINE float uk_row_deviation(const float *x, size_t columns, float mean) {
  uk_row_sums sums = uk_no_sums();
  for (size_t first = 0; first < columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= columns) break;
      const uk_vf deviation = uk_keep_lanes(uk_load_lanes(x + c, columns - c) - mean, columns - c);
      sums.of[v] = UK_MULADD(deviation, deviation, sums.of[v]);
    }
  }
  return uk_join_sums(&sums);
}

#endif
