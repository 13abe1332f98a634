// SPDX-License-Identifier: Apache-2.0
// uk_resize_bilinear.h on float32.

#define UK_ELEMENT float

UK_INLINE void uk_store_element(float *y, float v) { *y = v; }

#if defined(UK_VECTOR_BYTES)
UK_INLINE uk_vf uk_load_elements(const float *x) { return uk_load(x); }

UK_INLINE void uk_store_element(float *y, uk_vf v) { uk_store(y, v); }
#endif

#include "uk_resize_bilinear.h"
