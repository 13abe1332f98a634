// SPDX-License-Identifier: Apache-2.0
// The integer sums of the int8 long short-term memory with the matrix tile's instructions; include
// one of uk_tile_<isa>.h first.
#include "../support/uk_tile_s8.h"

// The tile ends here; what follows is written in the vocabulary of uk_elementwise.h.
#undef UK_INLINE
#define UK_VECTOR_BYTES (4 * UK_LANES)
#include "uk_lstm_cell.h"

typedef uk_vi uk_gate_integer;

/// The sums of UK_GATE_UNITS hidden units.
typedef struct uk_gate_integers {
  uk_gate_integer of[UK_GATES][UK_GATE_VECTORS];
} uk_gate_integers;

/// Widens `count` elements in the tile's order; the last group of 4 is filled with 0.
UK_INLINE void uk_gate_widen(const int8_t *x, size_t count, int16_t *wide) {
  uk_widen(x, count, wide);
}

/// Adds x[0 ..< depth] · w to the sums; depth is a multiple of 4. Weights: [k / 4][gate][16][4].
UK_INLINE void uk_gate_add(const int16_t *x, const int8_t *w, size_t depth,
                           uk_gate_integers *sums) {
  for (size_t k = 0; k < depth; k += 4, w += 4 * UK_GATES * UK_UNITS) {
    UK_UNROLL for (int half = 0; half < 2; ++half) {
      int32_t pair;
      memcpy(&pair, x + k + 2 * half, sizeof pair);
      UK_UNROLL for (int gate = 0; gate < UK_GATES; ++gate) {
        UK_UNROLL for (int v = 0; v < UK_GATE_VECTORS; ++v) {
          uk_lanes_i16 columns;
          memcpy(&columns, w + 4 * (gate * UK_UNITS + v * UK_LANES), sizeof columns);
          columns = half == 0 ? (columns << 8) >> 8 : columns >> 8;
          sums->of[gate][v] += (uk_vi)UK_MULTIPLY_ADD_PAIRS((uk_lanes_i32)pair, columns);
          UK_SETTLE(sums->of[gate][v]);
        }
      }
    }
  }
}

UK_INLINE uk_real uk_gate_real(uk_gate_integer sum) { return uk_to_float(sum); }
