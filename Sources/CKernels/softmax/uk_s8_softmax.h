// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = requantise(table[max − x] / sum · multiplier) over each row in int8, the sum
// being that of the row's table entries. y may lie on x.
//
// The table is read entry by entry into a block on the stack; all else is done in vectors.
#include "../support/uk_elementwise_s8.h"
#include "../support/uk_partial_sums.h"

/// Entries read before they are worked on: whole rounds of the partial sums, and whole vectors.
#define UK_SOFTMAX_BLOCK (4 * UK_PARTIAL_SUMS)

UK_INLINE int uk_greatest(const int8_t *x, size_t count) {
  int greatest = INT8_MIN;
  for (size_t c = 0; c < count; ++c) greatest = x[c] > greatest ? x[c] : greatest;
  return greatest;
}

/// Reads the entries of up to a block, and zeros behind them to a whole round of partial sums.
UK_INLINE size_t uk_read_entries(const float *table, const int8_t *x, int greatest, size_t count,
                                 float *entries) {
  size_t c = 0;
  for (; c < count; ++c) entries[c] = table[greatest - x[c]];
  for (; c % UK_PARTIAL_SUMS != 0; ++c) entries[c] = 0;
  return c;
}

UK_INLINE void uk_softmax_row(const uk_s8_softmax_parameters *p, const float *table,
                              const int8_t *x, int8_t *y) {
  const int greatest = uk_greatest(x, p->columns);
  float entries[UK_SOFTMAX_BLOCK], partial[UK_PARTIAL_SUMS] = {0};
  int8_t results[UK_SOFTMAX_BLOCK];
  size_t count;
  for (size_t c = 0; c < p->columns; c += count) {
    count = p->columns - c < UK_SOFTMAX_BLOCK ? p->columns - c : UK_SOFTMAX_BLOCK;
    const size_t padded = uk_read_entries(table, x + c, greatest, count, entries);
    for (size_t round = 0; round < padded; round += UK_PARTIAL_SUMS) {
      for (size_t i = 0; i < UK_PARTIAL_SUMS; ++i) partial[i] += entries[round + i];
    }
  }
  const float sum = uk_join_partial_sums(partial);
  for (size_t c = 0; c < p->columns; c += count) {
    count = p->columns - c < UK_SOFTMAX_BLOCK ? p->columns - c : UK_SOFTMAX_BLOCK;
    if (p->columns > UK_SOFTMAX_BLOCK) uk_read_entries(table, x + c, greatest, count, entries);
    for (size_t i = 0; i < count; i += UK_WIDTH) {
      const uk_vf v = uk_load(entries + i) / sum * p->multiplier;
      uk_store_requantized(results + i, v, &p->output);
    }
    memcpy(y + c, results, count);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_s8_softmax_parameters p = *(const uk_s8_softmax_parameters *)arguments->parameters;
  const int8_t *x = (const int8_t *)arguments->operands[0].data;
  const float *table = (const float *)arguments->operands[1].data;
  int8_t *y = (int8_t *)arguments->operands[2].data;
  for (size_t row = begin; row < end; ++row) {
    uk_softmax_row(&p, table, x + row * p.columns, y + row * p.columns);
  }
}
