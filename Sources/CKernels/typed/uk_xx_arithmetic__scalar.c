// SPDX-License-Identifier: Apache-2.0
#include "uk_typed_rows.h"

// Sums and products wrap around, which only unsigned arithmetic is defined to do. The least integer
// divided by −1 is its own negative, and so wraps too.
#define UK_INTEGER(TYPE, UNSIGNED)                                                         \
  UK_TYPED_ROWS(uk_add_##TYPE, TYPE, TYPE, (UNSIGNED)a + (UNSIGNED)b)                      \
  UK_TYPED_ROWS(uk_subtract_##TYPE, TYPE, TYPE, (UNSIGNED)a - (UNSIGNED)b)                 \
  UK_TYPED_ROWS(uk_multiply_##TYPE, TYPE, TYPE, (UNSIGNED)a * (UNSIGNED)b)                 \
  UK_TYPED_ROWS(uk_divide_##TYPE, TYPE, TYPE,                                              \
                b == 0 ? 0 : b == -1 ? (TYPE)(0 - (UNSIGNED)a) : a / b)                    \
  static void uk_integer_##TYPE(const uk_arguments *arguments, uint32_t begin, uint32_t end, \
                                uint32_t function) {                                       \
    switch (function) {                                                                    \
      case UK_ADD: uk_add_##TYPE(arguments, begin, end); break;                            \
      case UK_SUBTRACT: uk_subtract_##TYPE(arguments, begin, end); break;                  \
      case UK_MULTIPLY: uk_multiply_##TYPE(arguments, begin, end); break;                  \
      default: uk_divide_##TYPE(arguments, begin, end); break;                             \
    }                                                                                      \
  }

UK_INTEGER(int32_t, uint32_t)
UK_INTEGER(int64_t, uint64_t)

// `a != a` is true of NaN alone.
#define UK_EXTREMA(TYPE)                                                                   \
  UK_TYPED_ROWS(uk_minimum_##TYPE, TYPE, TYPE, a < b || a != a ? a : b)                    \
  UK_TYPED_ROWS(uk_maximum_##TYPE, TYPE, TYPE, a > b || a != a ? a : b)                    \
  static void uk_extremum_##TYPE(const uk_arguments *arguments, uint32_t begin, uint32_t end, \
                                 uint32_t function) {                                      \
    if (function == UK_MINIMUM) {                                                          \
      uk_minimum_##TYPE(arguments, begin, end);                                            \
    } else {                                                                               \
      uk_maximum_##TYPE(arguments, begin, end);                                            \
    }                                                                                      \
  }

UK_EXTREMA(float)
UK_EXTREMA(int8_t)
UK_EXTREMA(uint8_t)
UK_EXTREMA(int16_t)
UK_EXTREMA(int32_t)
UK_EXTREMA(int64_t)

/// Integer arithmetic, minimum and maximum; see `uk_arithmetic`. Rows are the first three axes.
void uk_xx_arithmetic__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                              void *scratch) {
  (void)scratch;
  const uk_typed_binary_parameters *p = arguments->parameters;
  const uint32_t function = p->function;
  const int is_extremum = function == UK_MINIMUM || function == UK_MAXIMUM;
  switch (p->dtype) {
    case UK_FLOAT32: uk_extremum_float(arguments, begin, end, function); break;
    case UK_INT8: uk_extremum_int8_t(arguments, begin, end, function); break;
    case UK_INT16: uk_extremum_int16_t(arguments, begin, end, function); break;
    case UK_INT32:
      (is_extremum ? uk_extremum_int32_t : uk_integer_int32_t)(arguments, begin, end, function);
      break;
    case UK_INT64:
      (is_extremum ? uk_extremum_int64_t : uk_integer_int64_t)(arguments, begin, end, function);
      break;
    default: uk_extremum_uint8_t(arguments, begin, end, function); break;  // uint8, bool
  }
}
