// SPDX-License-Identifier: Apache-2.0
// The float32 long short-term memory. The including file chooses instruction set and float class
// and defines UK_SYMBOL.
//
// Scratch: the cell state, the hidden state and the next one, each padded to whole blocks; padding
// stays 0, for its weights and biases are 0.
#include "uk_lstm_cell.h"

typedef struct uk_gate_sums {
  uk_real of[UK_GATES][UK_GATE_VECTORS];
} uk_gate_sums;

/// Adds x[0 ..< depth] · w to the sums, in sequence. Weights: [k][gate][16].
UK_INLINE void uk_lstm_add(const float *x, const float *w, size_t depth, uk_gate_sums *sums) {
  for (size_t k = 0; k < depth; ++k, w += UK_GATES * UK_UNITS) {
    const uk_real xk = uk_real_splat(x[k]);
    for (int gate = 0; gate < UK_GATES; ++gate) {
      for (int v = 0; v < UK_GATE_VECTORS; ++v) {
        const uk_real column = uk_real_load(w + gate * UK_UNITS + v * UK_REAL_LANES);
        sums->of[gate][v] = UK_MULADD(xk, column, sums->of[gate][v]);
      }
    }
  }
}

/// One time step of one sequence: reads `x` and `h`, writes `next`, updates `c`.
UK_INLINE void uk_lstm_step(const uk_lstm *p, const float *w, const float *bias, const float *x,
                            const float *h, float *next, float *c) {
  const size_t pitch = UK_GATES * UK_UNITS;
  for (size_t unit = 0; unit < p->hidden; unit += UK_UNITS) {
    for (size_t at = 0; at < UK_UNITS; at += UK_GATE_UNITS) {
      uk_gate_sums sums;
      for (int gate = 0; gate < UK_GATES; ++gate) {
        for (int v = 0; v < UK_GATE_VECTORS; ++v) {
          sums.of[gate][v] = uk_real_load(bias + gate * UK_UNITS + at + v * UK_REAL_LANES);
        }
      }
      uk_lstm_add(x, w + at, p->input, &sums);
      uk_lstm_add(h, w + at + p->input * pitch, p->hidden, &sums);
      for (int v = 0; v < UK_GATE_VECTORS; ++v) {
        const size_t first = unit + at + v * UK_REAL_LANES;
        uk_real cell = uk_real_load(c + first);
        const uk_real hidden = uk_lstm_cell(sums.of[0][v], sums.of[1][v], sums.of[2][v],
                                            sums.of[3][v], p->cell_min, p->cell_max, &cell);
        uk_real_store(c + first, cell);
        uk_real_store(next + first, hidden);
      }
    }
    w += (p->input + (size_t)p->hidden) * pitch;
    bias += pitch;
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_lstm *p = arguments->parameters;
  const float *operands[5];
  for (int i = 0; i < 5; ++i) operands[i] = (const float *)arguments->operands[i].data;
  float *y = (float *)arguments->operands[5].data;
  const size_t hidden = p->hidden, padded = uk_round_up(hidden, UK_UNITS);
  float *c = scratch, *h = c + padded, *next = h + padded;
  for (size_t row = begin; row < end; ++row) {
    memset(scratch, 0, 2 * padded * sizeof(float));
    memcpy(h, operands[3] + row * hidden, hidden * sizeof(float));
    memcpy(c, operands[4] + row * hidden, hidden * sizeof(float));
    for (size_t i = 0; i < p->steps; ++i) {
      const size_t time = uk_lstm_time(p, i);
      const float *x = operands[0] + uk_lstm_offset(p, row, time, p->input);
      uk_lstm_step(p, operands[1], operands[2], x, h, next, c);
      memcpy(y + uk_lstm_output(p, row, time), next, hidden * sizeof(float));
      float *free = h;
      h = next;
      next = free;
    }
    if (!p->writes_cell) continue;
    const size_t sequence = p->writes_sequence ? (size_t)p->batch * p->steps : p->batch;
    memcpy(y + (sequence + row) * hidden, c, hidden * sizeof(float));
  }
}
