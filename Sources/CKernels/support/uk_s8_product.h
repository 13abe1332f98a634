// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_PRODUCT_H
#define THIMBLE_UK_S8_PRODUCT_H

// A product of int8 rows with packed weights, as the drivers of gemm and convolution hand it to the
// tiles of an instruction set.

#include "uk_s8_outputs.h"

/// The rows of a product by their taps, and where the outputs go.
typedef struct uk_s8_product {
  const void *const *a;   // [tap][pitch]: where the elements of a row's tap are
  size_t taps, pitch;
  size_t groups;          // whole groups of 4 in a tap
  const uint32_t *tails;  // what each row has left behind its groups, filled with 0; or NULL
  const int32_t *starts;  // what is added to every column of a row
  const int8_t *weights;  // [panel][tap][group][16][4]
  size_t panel_bytes;
  const int32_t *bias;
  uk_s8_outputs outputs;
} uk_s8_product;

/// Computes the outputs of the first `rows` rows; see uk_s8_tile.h.
void UK_S8_BLOCK(const uk_s8_product *product, uint32_t rows);

#endif
