// SPDX-License-Identifier: Apache-2.0
// The integer sums of the int8 long short-term memory in plain C.
#include "uk_lstm_cell.h"

typedef int32_t uk_gate_integer;

/// The sums of UK_GATE_UNITS hidden units.
typedef struct uk_gate_integers {
  uk_gate_integer of[UK_GATES][UK_GATE_VECTORS];
} uk_gate_integers;

/// Widens `count` elements; the last group of 4 is filled with 0.
UK_INLINE void uk_gate_widen(const int8_t *x, size_t count, int16_t *wide) {
  for (size_t k = 0; k < uk_round_up(count, 4); ++k) wide[k] = k < count ? x[k] : 0;
}

/// Adds x[0 ..< depth] · w to the sums; depth is a multiple of 4. Weights: [k / 4][gate][16][4].
UK_INLINE void uk_gate_add(const int16_t *x, const int8_t *w, size_t depth,
                           uk_gate_integers *sums) {
  for (size_t k = 0; k < depth; k += 4, w += 4 * UK_GATES * UK_UNITS) {
    for (int gate = 0; gate < UK_GATES; ++gate) {
      for (int v = 0; v < UK_GATE_VECTORS; ++v) {
        const int8_t *group = w + 4 * (gate * UK_UNITS + v);
        // Two's complement, so that no sum is undefined.
        uint32_t sum = (uint32_t)sums->of[gate][v];
        for (int i = 0; i < 4; ++i) sum += (uint32_t)(x[k + i] * group[i]);
        sums->of[gate][v] = (int32_t)sum;
      }
    }
  }
}

UK_INLINE uk_real uk_gate_real(uk_gate_integer sum) { return (float)sum; }
