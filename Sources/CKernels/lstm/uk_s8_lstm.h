// SPDX-License-Identifier: Apache-2.0
// The int8 long short-term memory. The including file brings the integer sums, uk_gate_add, and
// defines UK_SYMBOL.
//
// Scratch: the cell state, x and h widened, and h, the last padded to whole blocks of units.
#include "../support/uk_elementwise_s8.h"

/// The constants of one block of 16 hidden units.
typedef struct uk_s8_gates {
  const int8_t *weights;
  const int32_t *bias;
  const float *scale;
} uk_s8_gates;

/// One of the two parts of a gate's sums in real units. Bias and scale: [gate][16].
UK_INLINE void uk_s8_lstm_part(const int16_t *x, size_t depth, const int8_t *w, const int32_t *bias,
                               const float *scale, uk_real part[UK_GATES][UK_GATE_VECTORS]) {
  uk_gate_integers sums;
  for (int gate = 0; gate < UK_GATES; ++gate) {
    memcpy(sums.of[gate], bias + gate * UK_UNITS, sizeof sums.of[gate]);
  }
  uk_gate_add(x, w, depth, &sums);
  for (int gate = 0; gate < UK_GATES; ++gate) {
    for (int v = 0; v < UK_GATE_VECTORS; ++v) {
      const uk_real scales = uk_real_load(scale + gate * UK_UNITS + v * UK_REAL_LANES);
      part[gate][v] = uk_gate_real(sums.of[gate][v]) * scales;
    }
  }
}

/// One time step of one sequence: reads `wide`, which holds x and then h, updates `c` and `h`.
UK_INLINE void uk_s8_lstm_step(const uk_s8_lstm_parameters *p, uk_s8_gates gates,
                               const int16_t *wide, int8_t *h, float *c) {
  const size_t pitch = UK_GATES * UK_UNITS;
  const size_t input = uk_round_up(p->shape.input, 4), hidden = uk_round_up(p->shape.hidden, 4);
  for (size_t unit = 0; unit < p->shape.hidden; unit += UK_UNITS) {
    for (size_t at = 0; at < UK_UNITS; at += UK_GATE_UNITS) {
      uk_real of_x[UK_GATES][UK_GATE_VECTORS], of_h[UK_GATES][UK_GATE_VECTORS];
      uk_s8_lstm_part(wide, input, gates.weights + 4 * at, gates.bias + at, gates.scale + at, of_x);
      uk_s8_lstm_part(wide + input, hidden, gates.weights + input * pitch + 4 * at,
                      gates.bias + pitch + at, gates.scale + pitch + at, of_h);
      for (int v = 0; v < UK_GATE_VECTORS; ++v) {
        const size_t first = unit + at + v * UK_REAL_LANES;
        uk_real cell = uk_real_load(c + first);
        const uk_real real = uk_lstm_cell(
            of_x[0][v] + of_h[0][v], of_x[1][v] + of_h[1][v], of_x[2][v] + of_h[2][v],
            of_x[3][v] + of_h[3][v], p->shape.cell_min, p->shape.cell_max, &cell);
        uk_real_store(c + first, cell);
        uk_store_requantized(h + first, real * p->multiplier, &p->output);
      }
    }
    gates.weights += (input + hidden) * pitch;
    gates.bias += 2 * pitch;
    gates.scale += 2 * pitch;
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_s8_lstm_parameters *p = arguments->parameters;
  const uk_lstm *shape = &p->shape;
  const int8_t *x = (const int8_t *)arguments->operands[0].data;
  const uk_s8_gates gates = {
      .weights = (const int8_t *)arguments->operands[1].data,
      .bias = (const int32_t *)arguments->operands[2].data,
      .scale = (const float *)arguments->operands[3].data,
  };
  int8_t *y = (int8_t *)arguments->operands[4].data;
  const size_t input = uk_round_up(shape->input, 4), hidden = shape->hidden;
  const size_t padded = uk_round_up(hidden, UK_UNITS);
  float *c = scratch;
  int16_t *wide = (int16_t *)(c + padded);
  int8_t *h = (int8_t *)(wide + input + uk_round_up(hidden, 4));
  for (size_t row = begin; row < end; ++row) {
    memset(c, 0, padded * sizeof *c);
    memset(h, p->output.zero_point, padded);
    for (size_t i = 0; i < shape->steps; ++i) {
      const size_t time = uk_lstm_time(shape, i);
      uk_gate_widen(x + uk_lstm_offset(shape, row, time, shape->input), shape->input, wide);
      uk_gate_widen(h, hidden, wide + input);
      uk_s8_lstm_step(p, gates, wide, h, c);
      memcpy(y + uk_lstm_output(shape, row, time), h, hidden);
    }
  }
}
