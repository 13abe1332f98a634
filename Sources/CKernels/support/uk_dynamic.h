// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_DYNAMIC_H
#define THIMBLE_UK_DYNAMIC_H

// How an element of a row that is quantised by itself becomes int8.

#include "uk_requantize.h"

static const uk_requantize uk_dynamic_range = {.min = -127, .max = 127};

/// `inverse` is 127 divided by the row's greatest magnitude.
static inline int8_t uk_quantize_dynamic(float x, float inverse) {
  const float steps = x * inverse;
  return uk_requantize_f32(steps == steps ? steps : 0, &uk_dynamic_range);
}

#endif
