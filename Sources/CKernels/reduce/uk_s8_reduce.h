// SPDX-License-Identifier: Apache-2.0
// y[outer, inner] = requantise(reduction · multiplier) of x[outer, reduced, inner] over its middle
// axis in int8. Plain C, columns innermost, that the compiler turns into vectors.
#include "../support/uk_elementwise_s8.h"

/// Columns that are reduced together.
#define UK_REDUCE_COLUMNS 64

/// Reduces `columns` columns, or one whose elements are neighbours, to distances from 0.
UK_INLINE void uk_reduce_columns(uk_reduction kind, const int8_t *x, size_t count, size_t pitch,
                                 size_t columns, int32_t *result) {
  const int32_t start = kind == UK_REDUCTION_MAX   ? INT8_MIN
                        : kind == UK_REDUCTION_MIN ? INT8_MAX
                                                   : 0;
  for (size_t c = 0; c < columns; ++c) result[c] = start;
  for (size_t r = 0; r < count; ++r, x += pitch) {
    for (size_t c = 0; c < columns; ++c) {
      const int32_t v = x[c];
      result[c] = kind == UK_REDUCTION_MAX   ? (v > result[c] ? v : result[c])
                  : kind == UK_REDUCTION_MIN ? (v < result[c] ? v : result[c])
                                             : (int32_t)((uint32_t)result[c] + (uint32_t)v);
    }
  }
}

/// The same of neighbours: a column of pitch 1 read along.
UK_INLINE int32_t uk_reduce_run(uk_reduction kind, const int8_t *x, size_t count) {
  int32_t greatest = INT8_MIN, least = INT8_MAX;
  uint32_t sum = 0;
  for (size_t r = 0; r < count; ++r) {
    greatest = x[r] > greatest ? x[r] : greatest;
    least = x[r] < least ? x[r] : least;
    sum += (uint32_t)x[r];
  }
  return kind == UK_REDUCTION_MAX ? greatest : kind == UK_REDUCTION_MIN ? least : (int32_t)sum;
}

/// Columns of one row of the output, the kind a constant.
UK_INLINE void uk_reduce_block(uk_reduction kind, const uk_s8_reduce_parameters *p,
                               const int8_t *x, size_t columns, int8_t *y) {
  int32_t results[UK_REDUCE_COLUMNS];
  const size_t inner = p->shape.inner, count = p->shape.reduced;
  if (inner == 1) {
    results[0] = uk_reduce_run(kind, x, count);
  } else if (columns == UK_REDUCE_COLUMNS) {
    uk_reduce_columns(kind, x, count, inner, UK_REDUCE_COLUMNS, results);
  } else {
    uk_reduce_columns(kind, x, count, inner, columns, results);
  }
  const int is_extreme = kind == UK_REDUCTION_MAX || kind == UK_REDUCTION_MIN;
  const uint32_t times = is_extreme ? 1 : (uint32_t)count;
  const uint32_t zero = times * (uint32_t)p->input_zero_point;
  for (size_t c = 0; c < columns; ++c) {
    const int32_t distance = (int32_t)((uint32_t)results[c] - zero);
    y[c] = uk_requantize_f32((float)distance * p->multiplier, &p->output);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_s8_reduce_parameters *p = arguments->parameters;
  const size_t inner = p->shape.inner;
  for (size_t row = begin; row < end; ++row) {
    const int8_t *x = (const int8_t *)arguments->operands[0].data + row * p->shape.reduced * inner;
    int8_t *y = (int8_t *)arguments->operands[1].data + row * inner;
    for (size_t c = 0; c < inner; c += UK_REDUCE_COLUMNS) {
      const size_t columns = inner - c < UK_REDUCE_COLUMNS ? inner - c : UK_REDUCE_COLUMNS;
      switch ((uk_reduction)p->shape.kind) {
        case UK_REDUCTION_MAX: uk_reduce_block(UK_REDUCTION_MAX, p, x + c, columns, y + c); break;
        case UK_REDUCTION_MIN: uk_reduce_block(UK_REDUCTION_MIN, p, x + c, columns, y + c); break;
        case UK_REDUCTION_SUM:
        case UK_REDUCTION_MEAN:
        case UK_REDUCTION_SUM_OF_SQUARES:
        case UK_REDUCTION_PRODUCT:
          uk_reduce_block(UK_REDUCTION_SUM, p, x + c, columns, y + c);
          break;
      }
    }
  }
}
