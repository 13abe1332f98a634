// SPDX-License-Identifier: Apache-2.0
// y[columns] = factor · the sum of x[blocks, columns] over its rows in float32, by a tree:
// neighbours pairwise, level by level, an odd one carried up.
//
// Threads share blocks of 64 columns.

#include "../support/uk_elements.h"

#define UK_JOIN_COLUMNS ((size_t)64)

/// As many levels as 32 bits of blocks have.
#define UK_JOIN_LEVELS 32

/// The columns from `x` on, at most a vector of them: the numbers of blocks that have been summed
/// are the bits of a counter, and a carry adds two sums of one size.
UK_INLINE uk_vf uk_join(const float *x, size_t blocks, size_t columns, size_t left) {
  uk_vf sums[UK_JOIN_LEVELS];
  size_t depth = 0;
  for (size_t block = 0; block < blocks; ++block) {
    uk_vf sum = uk_load_lanes(x + block * columns, left);
    for (size_t carry = block; carry & 1; carry >>= 1) sum = sums[--depth] + sum;
    sums[depth++] = sum;
  }
  uk_vf sum = sums[--depth];
  while (depth > 0) sum = sums[--depth] + sum;
  return sum;
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_join_parameters *p = arguments->parameters;
  const size_t columns = p->columns, limit = end * UK_JOIN_COLUMNS;
  const size_t last = limit < columns ? limit : columns;
  const float *x = uk_elements(arguments, 0, 0);
  float *y = uk_elements(arguments, 1, 0);
  for (size_t c = begin * UK_JOIN_COLUMNS; c < last; c += UK_WIDTH) {
    const uk_vf sum = uk_join(x + c, p->blocks, columns, last - c);
    uk_store_lanes(y + c, sum * p->factor, last - c);
  }
}
