// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = h(index) < threshold ? 0 : x·factor in float32, h a hash of each element's
// index that uk_training_parameters.h states. y may lie on x.

#include "../support/uk_elements.h"

#define UK_GOLDEN 0x9e3779b9u

#if defined(UK_VECTOR_BYTES)
typedef uint32_t uk_vu __attribute__((vector_size(UK_VECTOR_BYTES)));
#else
typedef uint32_t uk_vu;
typedef int32_t uk_vi;
#endif

UK_INLINE uint32_t uk_mix(uint32_t v) {
  v = (v ^ (v >> 16)) * 0x7feb352du;
  v = (v ^ (v >> 15)) * 0x846ca68bu;
  return v ^ (v >> 16);
}

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vu uk_mix(uk_vu v) {
  v = (v ^ (v >> 16)) * 0x7feb352du;
  v = (v ^ (v >> 15)) * 0x846ca68bu;
  return v ^ (v >> 16);
}
#endif

/// The first `UK_WIDTH` numbers from `first` on.
UK_INLINE uk_vu uk_count_from(uint32_t first) {
#if defined(UK_VECTOR_BYTES)
  uk_vu numbers;
  for (uint32_t lane = 0; lane < UK_WIDTH; ++lane) numbers[lane] = lane;
  return numbers + first;
#else
  return first;
#endif
}

/// x where the hash of `numbers`, keys and index together, is at least `threshold`; both with the
/// top bit flipped, so that a signed comparison orders them.
UK_INLINE uk_vf uk_keep(uk_vf x, uk_vu numbers, uint32_t second_key, int32_t threshold) {
  const uk_vu hash = uk_mix(uk_mix(numbers) ^ second_key) ^ 0x80000000u;
  return uk_select((uk_vi)hash < threshold, uk_splat(0), x);
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_dropout_parameters *p = arguments->parameters;
  uint32_t seed;
  memcpy(&seed, arguments->operands[1].data, sizeof seed);
  const uint32_t key = uk_mix(uk_mix(seed + UK_GOLDEN) + p->stream);
  const uint32_t second_key = uk_mix(key + UK_GOLDEN);
  const int32_t threshold = (int32_t)(p->threshold ^ 0x80000000u);
  const float factor = p->factor;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const float *x = uk_elements(arguments, 0, first);
  float *y = uk_elements(arguments, 2, first);
  const uint32_t start = (uint32_t)first + key;
  UK_STORE_EACH(y, count,
                uk_keep(UK_AT(x) * factor, uk_count_from(start + (uint32_t)at), second_key,
                        threshold));
}
