// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_INDEX_H
#define THIMBLE_UK_INDEX_H

#include "CKernels.h"

/// Entry `number` of a list of int32 or int64 indices, as a position below `extent`: a negative
/// index counts from the end, and what lies outside all the same takes the nearest inside.
static inline size_t uk_index(const uint8_t *indices, size_t number, uint32_t index_bytes,
                              uint32_t extent) {
  int64_t index = index_bytes == 4 ? ((const int32_t *)indices)[number]
                                   : ((const int64_t *)indices)[number];
  if (index < 0) index += extent;
  if (index < 0) return 0;
  return index < extent ? (size_t)index : extent - 1;
}

#endif
