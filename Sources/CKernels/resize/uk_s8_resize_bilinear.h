// SPDX-License-Identifier: Apache-2.0
// uk_resize_bilinear.h on int8, interpolating the stored values.

#include "../support/uk_elementwise_s8.h"

#define UK_ELEMENT int8_t

static const uk_requantize uk_stored_range = {.zero_point = 0, .min = INT8_MIN, .max = INT8_MAX};

UK_INLINE void uk_store_element(int8_t *y, float v) {
  uk_store_requantized(y, v, &uk_stored_range);
}

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vf uk_load_elements(const int8_t *x) { return uk_to_float(uk_load_s8(x)); }

UK_INLINE void uk_store_element(int8_t *y, uk_vf v) {
  uk_store_requantized(y, v, &uk_stored_range);
}
#endif

#include "uk_resize_bilinear.h"
