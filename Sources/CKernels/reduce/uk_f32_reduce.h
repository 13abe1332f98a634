// SPDX-License-Identifier: Apache-2.0
// y[outer, inner] = a reduction of x[outer, reduced, inner] over its middle axis in float32.
// Element r goes to partial result r % 32; these are joined by halves, like the sums of softmax.

#include "../support/uk_partial_sums.h"

/// `partial` with one more element in it; `kind` is a constant.
#define UK_DEFINE_STEP(real)                                                    \
  UK_INLINE real uk_reduce_step(const uk_reduction kind, real partial, real x) { \
    switch (kind) {                                                             \
      case UK_REDUCTION_SUM:                                                    \
      case UK_REDUCTION_MEAN: return partial + x;                               \
      case UK_REDUCTION_SUM_OF_SQUARES: return partial + x * x;                 \
      case UK_REDUCTION_PRODUCT: return partial * x;                            \
      case UK_REDUCTION_MAX: return uk_max(x, partial);                         \
      case UK_REDUCTION_MIN: return uk_min(x, partial);                         \
    }                                                                           \
  }

UK_DEFINE_STEP(float)
#if defined(UK_VECTOR_BYTES)
UK_DEFINE_STEP(uk_vf)
typedef uk_vf uk_reduced;
#define UK_COLUMNS UK_WIDTH
#else
typedef float uk_reduced;
#define UK_COLUMNS ((size_t)1)
#endif

/// What changes no partial result.
UK_INLINE float uk_reduce_neutral(const uk_reduction kind) {
  switch (kind) {
    case UK_REDUCTION_SUM:
    case UK_REDUCTION_MEAN:
    case UK_REDUCTION_SUM_OF_SQUARES: return 0;
    case UK_REDUCTION_PRODUCT: return 1;
    case UK_REDUCTION_MAX: return -__builtin_inff();
    case UK_REDUCTION_MIN: return __builtin_inff();
  }
}

/// How two partial results become one: squares are squares already.
UK_INLINE uk_reduction uk_reduce_join(const uk_reduction kind) {
  return kind == UK_REDUCTION_SUM_OF_SQUARES ? UK_REDUCTION_SUM : kind;
}

/// Neighbouring elements.
UK_INLINE float uk_reduce_row(const uk_reduction kind, const float *x, size_t count) {
  float partial[UK_PARTIAL_SUMS];
  for (size_t i = 0; i < UK_PARTIAL_SUMS; ++i) partial[i] = uk_reduce_neutral(kind);
  size_t r = 0;
#if defined(UK_VECTOR_BYTES)
  for (; r + UK_WIDTH <= count; r += UK_WIDTH) {
    float *lanes = partial + r % UK_PARTIAL_SUMS;
    uk_store(lanes, uk_reduce_step(kind, uk_load(lanes), uk_load(x + r)));
  }
#endif
  for (; r < count; ++r) {
    float *lane = partial + r % UK_PARTIAL_SUMS;
    *lane = uk_reduce_step(kind, *lane, x[r]);
  }
  for (size_t half = UK_PARTIAL_SUMS / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) {
      partial[i] = uk_reduce_step(uk_reduce_join(kind), partial[i], partial[i + half]);
    }
  }
  return partial[0];
}

/// `columns` neighbouring reductions, at most a vector of them, of elements `pitch` apart.
UK_INLINE uk_reduced uk_reduce_columns(const uk_reduction kind, const float *x, size_t count,
                                       size_t pitch, size_t columns) {
  uk_reduced partial[UK_PARTIAL_SUMS];
  for (size_t i = 0; i < UK_PARTIAL_SUMS; ++i) {
    partial[i] = (uk_reduced){0} + uk_reduce_neutral(kind);
  }
  for (size_t r = 0; r < count; ++r) {
    uk_reduced v = {0};
    if (columns == UK_COLUMNS) {
      memcpy(&v, x + r * pitch, sizeof v);
    } else {
      memcpy(&v, x + r * pitch, columns * sizeof *x);
    }
    uk_reduced *lane = partial + r % UK_PARTIAL_SUMS;
    *lane = uk_reduce_step(kind, *lane, v);
  }
  for (size_t half = UK_PARTIAL_SUMS / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) {
      partial[i] = uk_reduce_step(uk_reduce_join(kind), partial[i], partial[i + half]);
    }
  }
  return partial[0];
}

/// One outer index.
UK_INLINE void uk_reduce_block(const uk_reduction kind, const float *x, float *y, size_t count,
                               size_t inner) {
  const float divisor = kind == UK_REDUCTION_MEAN ? (float)count : 1;
  if (inner == 1) {
    *y = uk_reduce_row(kind, x, count) / divisor;
    return;
  }
  for (size_t c = 0; c < inner; c += UK_COLUMNS) {
    const size_t columns = inner - c < UK_COLUMNS ? inner - c : UK_COLUMNS;
    const uk_reduced v = uk_reduce_columns(kind, x + c, count, inner, columns) / divisor;
    memcpy(y + c, &v, columns * sizeof *y);
  }
}

#define UK_REDUCE(kind)                                                   \
  case UK_REDUCTION_##kind:                                               \
    for (size_t row = begin; row < end; ++row) {                          \
      uk_reduce_block(UK_REDUCTION_##kind, x + row * count * inner,       \
                      y + row * inner, count, inner);                     \
    }                                                                     \
    break;

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_reduce_parameters *p = arguments->parameters;
  const size_t count = p->reduced, inner = p->inner;
  const float *x = (const float *)arguments->operands[0].data;
  float *y = (float *)arguments->operands[1].data;
  switch ((uk_reduction)p->kind) {
    UK_REDUCE(SUM)
    UK_REDUCE(MEAN)
    UK_REDUCE(SUM_OF_SQUARES)
    UK_REDUCE(PRODUCT)
    UK_REDUCE(MAX)
    UK_REDUCE(MIN)
  }
}
