// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_STORED_H
#define THIMBLE_UK_STORED_H

// Weights of a float32 product that are stored in fewer bits, as float32: what a contract's kernels
// have of their own. The including file defines UK_STORED_BITS as 8, 4 or 16, and chooses vectors
// by one of uk_elementwise_<isa>.h. Layouts: ukernels.inc.

#include "uk_float16.h"

#if UK_STORED_BITS == 4 && UK_VECTOR_BYTES == 64
#include <immintrin.h>
#endif

/// Steps along the depth that are expanded together, so that a word of int4 is read once.
#define UK_STORED_STEPS ((size_t)8)

/// A panel of 16 columns, or its part behind a multiple of UK_STORED_STEPS steps.
typedef struct uk_stored {
  const uint8_t *weights;
  const float *scale;
} uk_stored;

#if UK_STORED_BITS < 16
#define UK_STORED_OPERANDS 5

// Integers are packed in words of 32 bits, [⌈k/(32/bits)⌉][16], two's complement.
#define UK_STORED_STEPS_PER_WORD (32 / UK_STORED_BITS)

/// The panel of `column`, from step `k` on: a multiple of 32.
UK_INLINE uk_stored uk_find_stored(uk_stored from, size_t depth, size_t column, size_t k) {
  const size_t words = (depth + UK_STORED_STEPS_PER_WORD - 1) / UK_STORED_STEPS_PER_WORD;
  from.weights += (words * column + k / UK_STORED_STEPS_PER_WORD * 16) * 4;
#if UK_STORED_BITS == 4
  from.scale += ((depth + UK_INT4_GROUP - 1) / UK_INT4_GROUP * column + k / UK_INT4_GROUP * 16);
#else
  from.scale += column;
#endif
  return from;
}

/// The scales of step k's columns.
UK_INLINE const float *uk_stored_scale(uk_stored panel, size_t k) {
  return panel.scale + (UK_STORED_BITS == 4 ? k / UK_INT4_GROUP * 16 : 0);
}

UK_INLINE float uk_stored_value(uk_stored panel, size_t k, size_t lane) {
  const size_t place = k / UK_STORED_STEPS_PER_WORD * 16 + lane;
  const int shift = UK_STORED_BITS * (int)(k % UK_STORED_STEPS_PER_WORD);
  uint32_t word;
  memcpy(&word, panel.weights + 4 * place, sizeof word);
  const int32_t level = (int32_t)(word << (32 - UK_STORED_BITS - shift)) >> (32 - UK_STORED_BITS);
  return (float)level * uk_stored_scale(panel, k)[lane];
}

#if defined(UK_VECTOR_BYTES)
/// Columns `lane ..< lane + UK_WIDTH` of step `k + step`; `k` is a multiple of 8.
UK_INLINE uk_vf uk_stored_vector(uk_stored panel, size_t k, const int step, size_t lane) {
  const size_t place = (k + (size_t)step) / UK_STORED_STEPS_PER_WORD * 16 + lane;
  const int bit = UK_STORED_BITS * step % 32;
  uk_vi words;
  memcpy(&words, panel.weights + 4 * place, sizeof words);
#if UK_STORED_BITS == 4 && UK_VECTOR_BYTES == 64
  // One permutation, of which the upper bits of an index do not count.
  const __m512 levels = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1);
  const uk_vf x = (uk_vf)_mm512_permutexvar_ps((__m512i)(words >> bit), levels);
#elif UK_VECTOR_BYTES == 64
  // A level, its top bit flipped, goes into the bits of 2^(23 − low), whose bit `low` is a unit: no
  // conversion, and a shift for one half of a word only.
  const int low = bit & 15, magic = (150 - low) << 23 | 128 << low;
  const uk_vf shifted = (uk_vf)(((words >> (bit & 16)) & (255 << low)) ^ magic);
  const uk_vf x = shifted - (float)((1 << (23 - low)) + 128);
#else
  const uk_vf x = uk_to_float((words << (32 - UK_STORED_BITS - bit)) >> (32 - UK_STORED_BITS));
#endif
  return x * uk_load(uk_stored_scale(panel, k) + lane);
}
#endif

#else
#define UK_STORED_OPERANDS 4

UK_INLINE uk_stored uk_find_stored(uk_stored from, size_t depth, size_t column, size_t k) {
  from.weights += (depth * column + k * 16) * 2;
  return from;
}

UK_INLINE float uk_stored_value(uk_stored panel, size_t k, size_t lane) {
  return uk_float16_value(((const uint16_t *)panel.weights)[k * 16 + lane]);
}

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vf uk_stored_vector(uk_stored panel, size_t k, const int step, size_t lane) {
  return uk_load_float16((const uint16_t *)panel.weights + (k + (size_t)step) * 16 + lane);
}
#endif
#endif

#endif
