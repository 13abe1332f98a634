// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_FLOAT16_H
#define THIMBLE_UK_FLOAT16_H

// float16 to float32: exact, also for subnormal numbers where the CPU flushes those of float32.

#include "uk_elementwise.h"

/// From the 16 bits: an integer is as good a way to a subnormal number as any.
UK_INLINE float uk_float16_value(uint16_t bits) {
  const uint32_t magnitude = bits & 0x7FFF, sign = (uint32_t)(bits & 0x8000) << 16;
  uint32_t result;
  if (magnitude < 0x400) {
    const float value = (float)(int32_t)magnitude * 0x1p-24f;
    memcpy(&result, &value, sizeof result);
  } else {
    // Exponents are 112 apart, those of infinities and NaN twice as much.
    result = (magnitude << 13) + (magnitude < 0x7C00 ? 112u << 23 : 224u << 23);
  }
  result |= sign;
  float value;
  memcpy(&value, &result, sizeof value);
  return value;
}

#if defined(__F16C__) || UK_VECTOR_BYTES > 16 || (defined(UK_VECTOR_BYTES) && defined(__aarch64__))

/// UK_WIDTH of them.
UK_INLINE uk_vf uk_load_float16(const uint16_t *p) {
  typedef _Float16 uk_vs __attribute__((vector_size(UK_VECTOR_BYTES / 2)));
  uk_vs v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, uk_vf);
}

#elif defined(UK_VECTOR_BYTES)

UK_INLINE uk_vf uk_load_float16(const uint16_t *p) {
  typedef uint16_t uk_vs __attribute__((vector_size(UK_VECTOR_BYTES / 2)));
  uk_vs v;
  memcpy(&v, p, sizeof v);
  const uk_vi bits = __builtin_convertvector(v, uk_vi), magnitude = bits & 0x7FFF;
  const uk_vf small = uk_to_float(magnitude) * 0x1p-24f;
  const uk_vi offset = (112 << 23) + ((magnitude >= 0x7C00) & (112 << 23));
  const uk_vf value = uk_select(magnitude < 0x400, small, (uk_vf)((magnitude << 13) + offset));
  return (uk_vf)((uk_vi)value | (bits & 0x8000) << 16);
}

#endif

#endif
