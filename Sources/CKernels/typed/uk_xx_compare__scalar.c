// SPDX-License-Identifier: Apache-2.0
#include "uk_typed_rows.h"

#define UK_COMPARE(TYPE)                                                                   \
  UK_TYPED_ROWS(uk_equal_##TYPE, TYPE, uk_bool, a == b)                                    \
  UK_TYPED_ROWS(uk_not_equal_##TYPE, TYPE, uk_bool, a != b)                                \
  UK_TYPED_ROWS(uk_less_##TYPE, TYPE, uk_bool, a < b)                                      \
  UK_TYPED_ROWS(uk_less_equal_##TYPE, TYPE, uk_bool, a <= b)                               \
  static void uk_compare_##TYPE(const uk_arguments *arguments, uint32_t begin, uint32_t end, \
                                uint32_t relation) {                                       \
    switch (relation) {                                                                    \
      case UK_EQUAL: uk_equal_##TYPE(arguments, begin, end); break;                        \
      case UK_NOT_EQUAL: uk_not_equal_##TYPE(arguments, begin, end); break;                \
      case UK_LESS: uk_less_##TYPE(arguments, begin, end); break;                          \
      default: uk_less_equal_##TYPE(arguments, begin, end); break;                         \
    }                                                                                      \
  }

UK_COMPARE(float)
UK_COMPARE(int8_t)
UK_COMPARE(uint8_t)
UK_COMPARE(int16_t)
UK_COMPARE(int32_t)
UK_COMPARE(int64_t)

/// Compares two tensors element by element; see `uk_typed_binary_parameters`. Rows are the first
/// three axes.
void uk_xx_compare__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                           void *scratch) {
  (void)scratch;
  const uk_typed_binary_parameters *p = arguments->parameters;
  switch (p->dtype) {
    case UK_FLOAT32: uk_compare_float(arguments, begin, end, p->function); break;
    case UK_INT8: uk_compare_int8_t(arguments, begin, end, p->function); break;
    case UK_INT16: uk_compare_int16_t(arguments, begin, end, p->function); break;
    case UK_INT32: uk_compare_int32_t(arguments, begin, end, p->function); break;
    case UK_INT64: uk_compare_int64_t(arguments, begin, end, p->function); break;
    default: uk_compare_uint8_t(arguments, begin, end, p->function); break;  // uint8, bool
  }
}
