// SPDX-License-Identifier: Apache-2.0
#include "uk_typed_rows.h"

/// float32 to an integer of the range low ..< high: truncated, saturated, NaN to 0. Both bounds are
/// powers of two, so exact; `high` itself is out of reach.
static inline int64_t uk_truncated(float x, float low, float high, int64_t most) {
  if (x != x) return 0;
  if (x < low) return (int64_t)low;
  return x < high ? (int64_t)x : most;
}

#define UK_CAST(FROM, TO, TO_TYPE, EXPRESSION)                                      \
  static void uk_cast_##FROM##_##TO(const void *source, void *target, size_t count) { \
    const FROM *from = source;                                                      \
    TO_TYPE *to = target;                                                           \
    for (size_t i = 0; i < count; ++i) {                                            \
      const FROM x = from[i];                                                       \
      to[i] = (TO_TYPE)(EXPRESSION);                                                \
    }                                                                               \
  }

// Conversions to every other type; narrowing of integers keeps the low bits.
#define UK_CASTS(FROM)                                                               \
  UK_CAST(FROM, float, float, x)                                                     \
  UK_CAST(FROM, int8, int8_t, x)                                                     \
  UK_CAST(FROM, uint8, uint8_t, x)                                                   \
  UK_CAST(FROM, int16, int16_t, x)                                                   \
  UK_CAST(FROM, int32, int32_t, x)                                                   \
  UK_CAST(FROM, int64, int64_t, x)                                                   \
  UK_CAST(FROM, bool, uk_bool, x != 0)                                               \
  UK_CAST_FROM(FROM)

#define UK_CAST_FROM(FROM)                                                           \
  static void uk_cast_##FROM(uint32_t to, const void *x, void *y, size_t count) {    \
    switch (to) {                                                                    \
      case UK_FLOAT32: uk_cast_##FROM##_float(x, y, count); break;                   \
      case UK_INT8: uk_cast_##FROM##_int8(x, y, count); break;                       \
      case UK_UINT8: uk_cast_##FROM##_uint8(x, y, count); break;                     \
      case UK_INT16: uk_cast_##FROM##_int16(x, y, count); break;                     \
      case UK_INT32: uk_cast_##FROM##_int32(x, y, count); break;                     \
      case UK_INT64: uk_cast_##FROM##_int64(x, y, count); break;                     \
      default: uk_cast_##FROM##_bool(x, y, count); break;                            \
    }                                                                                \
  }

UK_CAST(float, float, float, x)
UK_CAST(float, int8, int8_t, uk_truncated(x, -0x1p7f, 0x1p7f, INT8_MAX))
UK_CAST(float, uint8, uint8_t, uk_truncated(x, 0, 0x1p8f, UINT8_MAX))
UK_CAST(float, int16, int16_t, uk_truncated(x, -0x1p15f, 0x1p15f, INT16_MAX))
UK_CAST(float, int32, int32_t, uk_truncated(x, -0x1p31f, 0x1p31f, INT32_MAX))
UK_CAST(float, int64, int64_t, uk_truncated(x, -0x1p63f, 0x1p63f, INT64_MAX))
UK_CAST(float, bool, uk_bool, x != 0)
UK_CAST_FROM(float)

UK_CASTS(int8_t)
UK_CASTS(uint8_t)
UK_CASTS(int16_t)
UK_CASTS(int32_t)
UK_CASTS(int64_t)

/// Converts every element; see `uk_cast_parameters`. y does not overlap x.
void uk_xx_cast__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                        void *scratch) {
  (void)scratch;
  static const uint8_t sizes[] = {[UK_FLOAT32] = 4, [UK_INT8] = 1,  [UK_UINT8] = 1, [UK_INT16] = 2,
                                  [UK_INT32] = 4,   [UK_INT64] = 8, [UK_BOOL] = 1};
  const uk_cast_parameters *p = arguments->parameters;
  const size_t first = (size_t)begin * p->columns, count = (size_t)(end - begin) * p->columns;
  const uint8_t *x = arguments->operands[0].data + first * sizes[p->from];
  uint8_t *y = arguments->operands[1].data + first * sizes[p->to];
  switch (p->from) {
    case UK_FLOAT32: uk_cast_float(p->to, x, y, count); break;
    case UK_INT8: uk_cast_int8_t(p->to, x, y, count); break;
    case UK_INT16: uk_cast_int16_t(p->to, x, y, count); break;
    case UK_INT32: uk_cast_int32_t(p->to, x, y, count); break;
    case UK_INT64: uk_cast_int64_t(p->to, x, y, count); break;
    default: uk_cast_uint8_t(p->to, x, y, count); break;  // uint8, bool
  }
}
