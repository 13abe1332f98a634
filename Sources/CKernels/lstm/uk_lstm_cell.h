// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_LSTM_CELL_H
#define THIMBLE_UK_LSTM_CELL_H

// What every long short-term memory kernel does once the gates' sums are known, and how it walks
// over time. UK_MULADD is fused or not as the kernel's float class has it.

#include "../support/uk_functions.h"
#include "../support/uk_real.h"

/// Gates of one hidden unit, in the order input, output, forget, cell.
#define UK_GATES 4

/// Vectors of each gate that are summed together: eight sums hide the latency of a multiply-add and
/// fit the registers of every instruction set.
#define UK_GATE_VECTORS (UK_REAL_LANES == UK_UNITS ? 1 : 2)

/// Hidden units that are worked on together.
#define UK_GATE_UNITS (UK_GATE_VECTORS * UK_REAL_LANES)

/// The next state of some units: c' = clamp(f·c + i·g), returns h' = o·tanh(c').
UK_INLINE uk_real uk_lstm_cell(uk_real input, uk_real output, uk_real forget, uk_real cell,
                               float min, float max, uk_real *c) {
  const uk_real added = uk_sigmoid(input) * uk_tanh(cell);
  *c = uk_clamp(UK_MULADD(uk_sigmoid(forget), *c, added), min, max);
  return uk_sigmoid(output) * uk_tanh(*c);
}

/// The time step that comes `index`-th.
UK_INLINE size_t uk_lstm_time(const uk_lstm *p, size_t index) {
  return p->is_reversed ? p->steps - 1 - index : index;
}

/// The vector of sequence `row` at `time`, of `count` elements, in x or in y.
UK_INLINE size_t uk_lstm_offset(const uk_lstm *p, size_t row, size_t time, size_t count) {
  return (p->is_batch_major ? row * p->steps + time : time * p->batch + row) * count;
}

/// The vector of sequence `row` in y, when `time` has just been computed.
UK_INLINE size_t uk_lstm_output(const uk_lstm *p, size_t row, size_t time) {
  return p->writes_sequence ? uk_lstm_offset(p, row, time, p->hidden) : row * p->hidden;
}

#endif
