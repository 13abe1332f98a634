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
  const int32_t *starts;  // what is added to every column of a row; NULL if it `uk_s8_flips`
  const int8_t *weights;  // [panel][tap][group][16][4]
  size_t panel_bytes;
  const int32_t *bias;    // NULL: 0
  uk_s8_outputs outputs;
} uk_s8_product;

/// Computes the outputs of the first `rows` rows; see uk_s8_tile.h.
void UK_S8_BLOCK(const uk_s8_product *product, uint32_t rows);

#if defined(UK_S8_KEPT)

/// What turns the bytes of a group into themselves plus 128.
#define UK_S8_FLIP (int32_t)0x80808080

/// The same from flipped rows (plus 128), of products that `uk_s8_keeps`; see uk_s8_kept.h.
void UK_S8_KEPT_BLOCK(const uk_s8_product *product, uint32_t rows);

/// The same of products that `uk_s8_flips`; see uk_s8_flipped.h.
void UK_S8_FLIPPED_BLOCK(const uk_s8_product *product, uint32_t rows);

/// The bias of such a product, from its own.
void UK_S8_FLIPPED_BIAS(const uk_s8_product *product, int32_t *bias);

/// Whether the weights of a product in blocks of no fewer than `rows` rows are kept in registers.
UK_INLINE UK_TARGET int uk_s8_keeps(const uk_s8_product *p, uint64_t rows, int32_t zero_point) {
  int has_shape = 0;
#define UK_S8_HAS_SHAPE(taps_, groups_) has_shape |= p->taps == taps_ && p->groups == groups_;
  UK_S8_KEPT_SHAPES(UK_S8_HAS_SHAPE)
  return has_shape && rows >= 4 && zero_point == 0 && p->tails == NULL
         && p->outputs.residual == NULL && p->outputs.reals == NULL
         && uk_s8_scales_fit(p->outputs.scale, p->outputs.columns);
}

/// Whether rows are flipped as they are read: a vector sums 64 bytes of a row, or 4 of 16 columns.
UK_INLINE int uk_s8_flips(const uk_s8_product *p, uint64_t rows, int32_t zero_point) {
  const size_t columns = uk_round_up(p->outputs.columns, UK_PANEL);
  return columns <= UK_S8_FLIPPED_COLUMNS && rows >= columns && zero_point == 0 && p->tails == NULL;
}

/// Makes a product one of flipped rows, if it `uk_s8_flips`: then it has another bias, which `bias`
/// has room for.
UK_INLINE void uk_s8_flip_product(uk_s8_product *p, uint64_t rows, int32_t zero_point,
                                  int32_t *bias) {
  if (!uk_s8_flips(p, rows, zero_point)) return;
  UK_S8_FLIPPED_BIAS(p, bias);
  p->bias = bias;
  p->starts = NULL;
}

UK_INLINE void uk_s8_block(const uk_s8_product *product, uint32_t rows, int keeps) {
  if (keeps) {
    UK_S8_KEPT_BLOCK(product, rows);
  } else if (product->starts == NULL) {
    UK_S8_FLIPPED_BLOCK(product, rows);
  } else {
    UK_S8_BLOCK(product, rows);
  }
}

#else

#define UK_S8_FLIPPED_COLUMNS 1

UK_INLINE int uk_s8_keeps(const uk_s8_product *p, uint64_t rows, int32_t zero_point) {
  (void)p, (void)rows, (void)zero_point;
  return 0;
}

UK_INLINE void uk_s8_flip_product(uk_s8_product *p, uint64_t rows, int32_t zero_point,
                                  int32_t *bias) {
  (void)p, (void)rows, (void)zero_point, (void)bias;
}

UK_INLINE void uk_s8_block(const uk_s8_product *product, uint32_t rows, int keeps) {
  (void)keeps;
  UK_S8_BLOCK(product, rows);
}

#endif

/// Adds 128 to each of `count` bytes.
UK_INLINE UK_TARGET void uk_s8_flip(const int8_t *x, size_t count, int8_t *y) {
  for (size_t i = 0; i < count; ++i) y[i] = (int8_t)(x[i] ^ -128);
}

#endif
