// SPDX-License-Identifier: Apache-2.0
// y[rows, columns] = exp(beta · (x − max)) / sum over each row in float32. y may lie on x; between
// its passes a row of y holds the exponentials.

#include "../support/uk_exp.h"
#include "../support/uk_partial_sums.h"

/// The greatest element, −∞ when all are NaN. Of equal zeros either sign may come out, which
/// x − max does not show.
UK_INLINE float uk_row_max(const float *x, size_t columns) {
  float greatest = -__builtin_inff();
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  uk_vf lanes = uk_splat(greatest);
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) lanes = uk_max(uk_load(x + c), lanes);
  for (size_t i = 0; i < UK_WIDTH; ++i) greatest = uk_max(lanes[i], greatest);
#endif
  for (; c < columns; ++c) greatest = uk_max(x[c], greatest);
  return greatest;
}

/// Writes exp(beta · (x − greatest)) and returns its sum.
UK_INLINE float uk_row_exp(const float *x, float *y, size_t columns, float beta, float greatest) {
  float partial[UK_PARTIAL_SUMS] = {0};
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= columns; c += UK_WIDTH) {
    const uk_vf e = uk_exp((uk_load(x + c) - greatest) * beta);
    float *lanes = partial + c % UK_PARTIAL_SUMS;
    uk_store(lanes, uk_load(lanes) + e);
    uk_store(y + c, e);
  }
#endif
  for (; c < columns; ++c) {
    y[c] = uk_exp((x[c] - greatest) * beta);
    partial[c % UK_PARTIAL_SUMS] += y[c];
  }
  return uk_join_partial_sums(partial);
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_softmax_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  for (size_t row = begin; row < end; ++row) {
    const float *x = (const float *)arguments->operands[0].data + row * columns;
    float *y = (float *)arguments->operands[1].data + row * columns;
    const float sum = uk_row_exp(x, y, columns, p->beta, uk_row_max(x, columns));
    size_t c = 0;
#if defined(UK_VECTOR_BYTES)
    for (; c + UK_WIDTH <= columns; c += UK_WIDTH) uk_store(y + c, uk_load(y + c) / sum);
#endif
    for (; c < columns; ++c) y[c] = y[c] / sum;
  }
}
