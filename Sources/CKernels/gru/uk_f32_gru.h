// SPDX-License-Identifier: Apache-2.0
// The float32 gated recurrent unit. The including file chooses instruction set and float class and
// defines UK_SYMBOL.
//
// Scratch: the hidden state and the next one, and where the reset comes before the product also z,
// the candidate's sum over x, and r·h; each padded to whole blocks. Padding stays 0, for its
// weights and biases are 0.
#include "../support/uk_functions.h"
#include "../support/uk_real.h"

/// Gates of one hidden unit in the weights: z, r, and n over x or m over h.
#define UK_GATES 3

/// Vectors of each gate that are summed together.
#define UK_GATE_VECTORS (UK_REAL_LANES == UK_UNITS ? 1 : 2)

/// Hidden units that are worked on together.
#define UK_GATE_UNITS (UK_GATE_VECTORS * UK_REAL_LANES)

/// Sums of some neighbouring units: z, r, n, m, of which m stands alone.
typedef struct uk_gru_sums {
  uk_real of[UK_GATES + 1][UK_GATE_VECTORS];
} uk_gru_sums;

/// Scratch and state of one sequence.
typedef struct uk_gru_state {
  float *h, *next, *z, *n, *reset;
} uk_gru_state;

/// Adds x[0 ..< depth] · w, in sequence, to gates `first` and on, the third to `third`. Weights:
/// [k][gate][16].
UK_INLINE void uk_gru_add(const float *x, const float *w, size_t depth, int first, int count,
                          int third, uk_gru_sums *sums) {
  for (size_t k = 0; k < depth; ++k, w += UK_GATES * UK_UNITS) {
    const uk_real xk = uk_real_splat(x[k]);
    for (int gate = first; gate < first + count; ++gate) {
      const int to = gate == 2 ? third : gate;
      for (int v = 0; v < UK_GATE_VECTORS; ++v) {
        const uk_real column = uk_real_load(w + gate * UK_UNITS + v * UK_REAL_LANES);
        sums->of[to][v] = UK_MULADD(xk, column, sums->of[to][v]);
      }
    }
  }
}

/// (1 − z)·n + z·h.
UK_INLINE uk_real uk_gru_blend(uk_real z, uk_real n, uk_real h) {
  return UK_MULADD(z, h, (uk_real_splat(1) - z) * n);
}

/// Units `unit ..< unit + UK_GATE_UNITS`, all of it where the reset comes after the product; else
/// what the second pass needs.
UK_INLINE void uk_gru_units(const uk_gru *p, const float *w, const float *bias, const float *x,
                            size_t unit, const uk_gru_state *s) {
  const float *of_h = w + (size_t)p->input * UK_GATES * UK_UNITS;
  uk_gru_sums sums;
  for (int gate = 0; gate <= UK_GATES; ++gate) {
    for (int v = 0; v < UK_GATE_VECTORS; ++v) {
      sums.of[gate][v] = uk_real_load(bias + gate * UK_UNITS + v * UK_REAL_LANES);
    }
  }
  uk_gru_add(x, w, p->input, 0, 3, 2, &sums);
  if (p->resets_after) {
    uk_gru_add(s->h, of_h, p->hidden, 0, 3, 3, &sums);
  } else {
    uk_gru_add(s->h, of_h, p->hidden, 0, 2, 2, &sums);
  }
  for (int v = 0; v < UK_GATE_VECTORS; ++v) {
    const size_t at = unit + v * UK_REAL_LANES;
    const uk_real z = uk_sigmoid(sums.of[0][v]), r = uk_sigmoid(sums.of[1][v]);
    const uk_real h = uk_real_load(s->h + at);
    if (p->resets_after) {
      const uk_real n = uk_tanh(UK_MULADD(r, sums.of[3][v], sums.of[2][v]));
      uk_real_store(s->next + at, uk_gru_blend(z, n, h));
    } else {
      uk_real_store(s->z + at, z);
      uk_real_store(s->n + at, sums.of[2][v]);
      uk_real_store(s->reset + at, r * h);
    }
  }
}

/// The second pass over the same units where the reset comes before the product.
UK_INLINE void uk_gru_finish(const uk_gru *p, const float *w, const float *bias, size_t unit,
                             const uk_gru_state *s) {
  const float *of_h = w + (size_t)p->input * UK_GATES * UK_UNITS;
  uk_gru_sums sums;
  for (int v = 0; v < UK_GATE_VECTORS; ++v) {
    sums.of[3][v] = uk_real_load(bias + UK_GATES * UK_UNITS + v * UK_REAL_LANES);
  }
  uk_gru_add(s->reset, of_h, p->hidden, 2, 1, 3, &sums);
  for (int v = 0; v < UK_GATE_VECTORS; ++v) {
    const size_t at = unit + v * UK_REAL_LANES;
    const uk_real n = uk_tanh(uk_real_load(s->n + at) + sums.of[3][v]);
    uk_real_store(s->next + at,
                  uk_gru_blend(uk_real_load(s->z + at), n, uk_real_load(s->h + at)));
  }
}

/// One time step of one sequence: reads `x` and `s->h`, writes `s->next`.
UK_INLINE void uk_gru_step(const uk_gru *p, const float *w, const float *bias, const float *x,
                           const uk_gru_state *s) {
  const size_t block = ((size_t)p->input + p->hidden) * UK_GATES * UK_UNITS;
  for (int pass = 0; pass < (p->resets_after ? 1 : 2); ++pass) {
    for (size_t unit = 0; unit < p->hidden; unit += UK_UNITS) {
      const float *weights = w + unit / UK_UNITS * block;
      const float *start = bias + unit * (UK_GATES + 1);
      for (size_t at = 0; at < UK_UNITS; at += UK_GATE_UNITS) {
        if (pass == 0) {
          uk_gru_units(p, weights + at, start + at, x, unit + at, s);
        } else {
          uk_gru_finish(p, weights + at, start + at, unit + at, s);
        }
      }
    }
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_gru *p = arguments->parameters;
  const float *operands[4];
  for (int i = 0; i < 4; ++i) operands[i] = (const float *)arguments->operands[i].data;
  float *y = (float *)arguments->operands[4].data;
  const size_t hidden = p->hidden, padded = uk_round_up(hidden, UK_UNITS);
  float *const first = scratch;
  for (size_t row = begin; row < end; ++row) {
    uk_gru_state s = {first, first + padded, first + 2 * padded, first + 3 * padded,
                      first + 4 * padded};
    memset(s.h, 0, padded * sizeof(float));
    memcpy(s.h, operands[3] + row * hidden, hidden * sizeof(float));
    for (size_t i = 0; i < p->steps; ++i) {
      const size_t time = p->is_reversed ? p->steps - 1 - i : i;
      const size_t vector = p->is_batch_major ? row * p->steps + time : time * p->batch + row;
      uk_gru_step(p, operands[1], operands[2], operands[0] + vector * p->input, &s);
      memcpy(y + (p->writes_sequence ? vector : row) * hidden, s.next, hidden * sizeof(float));
      float *free = s.h;
      s.h = s.next;
      s.next = free;
    }
  }
}
