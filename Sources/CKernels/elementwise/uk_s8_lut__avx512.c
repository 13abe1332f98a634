// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include <immintrin.h>

#include "CKernels.h"

#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2")))

/// The table as 128 pairs of neighbouring entries.
typedef struct uk_table {
  __m512i pairs[4];
} uk_table;

/// The entry of the low byte of each 16-bit lane, with the lane's high byte left as it may be.
static inline __attribute__((always_inline)) UK_TARGET __m512i
uk_look_up(const uk_table *table, __m512i index) {
  const __m512i pair = _mm512_srli_epi16(index, 1);
  const __m512i low = _mm512_permutex2var_epi16(table->pairs[0], pair, table->pairs[1]);
  const __m512i high = _mm512_permutex2var_epi16(table->pairs[2], pair, table->pairs[3]);
  const __mmask32 is_high = _mm512_test_epi16_mask(index, _mm512_set1_epi16(0x80));
  const __m512i found = _mm512_mask_blend_epi16(is_high, low, high);
  const __m512i is_odd = _mm512_and_si512(index, _mm512_set1_epi16(1));
  return _mm512_srlv_epi16(found, _mm512_slli_epi16(is_odd, 3));
}

/// 64 entries.
static inline __attribute__((always_inline)) UK_TARGET __m512i
uk_look_up_bytes(const uk_table *table, __m512i x) {
  const __m512i index = _mm512_xor_si512(x, _mm512_set1_epi8((char)0x80));
  const __m512i even = uk_look_up(table, _mm512_and_si512(index, _mm512_set1_epi16(0xFF)));
  const __m512i odd = _mm512_slli_epi16(uk_look_up(table, _mm512_srli_epi16(index, 8)), 8);
  return _mm512_mask_blend_epi8(0xAAAAAAAAAAAAAAAA, even, odd);
}

/// y[rows, columns] = table[x + 128] in int8: any function of one int8. y may lie on x.
UK_TARGET void uk_s8_lut__avx512(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                 void *scratch) {
  (void)scratch;
  const uk_matrix_parameters *p = arguments->parameters;
  const size_t first = (size_t)begin * p->columns, count = (size_t)end * p->columns - first;
  const uint8_t *x = arguments->operands[0].data + first;
  uint8_t *y = arguments->operands[2].data + first;
  uk_table table;
  for (int i = 0; i < 4; ++i) {
    table.pairs[i] = _mm512_loadu_si512(arguments->operands[1].data + 64 * i);
  }
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    _mm512_storeu_si512(y + i, uk_look_up_bytes(&table, _mm512_loadu_si512(x + i)));
  }
  if (i == count) return;
  const __mmask64 rest = ((__mmask64)1 << (count - i)) - 1;
  const __m512i last = _mm512_maskz_loadu_epi8(rest, x + i);
  _mm512_mask_storeu_epi8(y + i, rest, uk_look_up_bytes(&table, last));
}
#endif
