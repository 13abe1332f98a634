// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include <immintrin.h>

#include "CKernels.h"

#define UK_TARGET __attribute__((target("avx2")))

/// The 128 entries of a half of the table in eight vectors of 16, each but the first as its
/// difference (by xor) from the one before; both lanes alike.
typedef struct uk_half_table {
  __m256i steps[8];
} uk_half_table;

static UK_TARGET void uk_make_half_table(const uint8_t *entries, uk_half_table *table) {
  __m128i before = _mm_setzero_si128();
  for (int i = 0; i < 8; ++i) {
    const __m128i here = _mm_loadu_si128((const __m128i *)(entries + 16 * i));
    table->steps[i] = _mm256_broadcastsi128_si256(_mm_xor_si128(here, before));
    before = here;
  }
}

/// The entries of indices 0 … 127; 0 for the others.
///
/// A shuffle gives 0 where the index is negative: of a rest that falls by 16 each time, those take
/// part whose entry is not yet reached, and their differences add up to the entry.
static inline __attribute__((always_inline)) UK_TARGET __m256i
uk_look_up_half(const uk_half_table *table, __m256i rest) {
  __m256i found = _mm256_setzero_si256();
  for (int i = 0; i < 8; ++i) {
    found = _mm256_xor_si256(found, _mm256_shuffle_epi8(table->steps[i], rest));
    rest = _mm256_subs_epi8(rest, _mm256_set1_epi8(16));
  }
  return found;
}

/// y[rows, columns] = table[x + 128] in int8: any function of one int8. y may lie on x.
UK_TARGET void uk_s8_lut__avx2(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                               void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const uint8_t *x = arguments->operands[0].data + first;
  const uint8_t *entries = arguments->operands[1].data;
  uint8_t *y = arguments->operands[2].data + first;
  uk_half_table negative, positive;
  uk_make_half_table(entries, &negative);
  uk_make_half_table(entries + 128, &positive);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i v = _mm256_loadu_si256((const __m256i *)(x + i));
    const __m256i flipped = _mm256_xor_si256(v, _mm256_set1_epi8((char)0x80));
    const __m256i found =
        _mm256_or_si256(uk_look_up_half(&positive, v), uk_look_up_half(&negative, flipped));
    _mm256_storeu_si256((__m256i *)(y + i), found);
  }
  for (; i < count; ++i) y[i] = entries[x[i] ^ 0x80];
}
#endif
