// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>

/// y[columns][16] = the transpose of x[rows][16], zeros behind its rows.
static inline void uk_turn_tile(const float *x, size_t rows, size_t columns, float *y) {
  for (size_t i = 0; i < columns; ++i) {
    for (size_t j = 0; j < 16; ++j) y[i * 16 + j] = j < rows ? x[j * 16 + i] : 0;
  }
}

#define UK_TARGET
#define UK_SYMBOL uk_f32_turn_filters__scalar
#include "uk_f32_turn_filters.h"
