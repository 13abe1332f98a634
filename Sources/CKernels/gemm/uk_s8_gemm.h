// SPDX-License-Identifier: Apache-2.0
// The int8 matrix product on vectors. Include one of uk_s8_<isa>.h first.
#include "../support/uk_gemm_part.h"
#include "../support/uk_s8_rows.h"

/// A block of rows as the tiles read it.
typedef struct uk_s8_gemm_rows {
  const void *a[UK_S8_ROWS];
  uint32_t tails[UK_S8_ROWS];
  _Alignas(16) int32_t starts[UK_S8_ROWS];
} uk_s8_gemm_rows;

#if UK_STEPS == 1

/// Flipped rows take half of what others have in scratch for rows widened to int16.
UK_INLINE uint32_t uk_s8_gemm_next_rows(const uk_s8_gemm_parameters *p, size_t rest, int keeps) {
  return uk_even_block(rest, keeps ? 2 * UK_BLOCK_ROWS : uk_s8_block_rows(p->depth));
}

/// Rows where they are; what a row has left behind its groups of 4 is copied. Or flipped copies.
UK_INLINE UK_TARGET void uk_s8_gemm_prepare(const uk_s8_gemm_parameters *p, const int8_t *x,
                                            size_t rows, int keeps, uk_s8_gemm_rows *to,
                                            void *scratch) {
  const size_t depth = p->depth;
  if (keeps) {
    uk_s8_flip(x, rows * depth, scratch);
    for (size_t i = 0; i < rows; ++i) to->a[i] = (int8_t *)scratch + i * depth;
    return;
  }
  for (size_t i = 0; i < rows; ++i) to->a[i] = x + i * depth;
  for (size_t i = 0; depth % 4 != 0 && i < rows; ++i) {
    uint32_t tail = 0;
    for (size_t k = depth / 4 * 4; k < depth; ++k) {
      tail |= (uint32_t)(uint8_t)x[i * depth + k] << 8 * (k % 4);
    }
    to->tails[i] = tail;
  }
}

#else

/// Whole tiles of 6 or 12 rows, and no more than leave room in the cache for what they come from.
UK_INLINE uint32_t uk_s8_gemm_next_rows(const uk_s8_gemm_parameters *p, size_t rest, int keeps) {
  (void)keeps;
  const uint32_t most = uk_block_rows(uk_s8_gemm_row_bytes(p));
  const size_t rows = (uk_even_block(rest, most < 24 ? most / 6 * 6 : 24) + 5) / 6 * 6;
  return (uint32_t)(rows < rest ? rows : rest);
}

/// Rows widened to int16.
UK_INLINE UK_TARGET void uk_s8_gemm_prepare(const uk_s8_gemm_parameters *p, const int8_t *x,
                                            size_t rows, int keeps, uk_s8_gemm_rows *to,
                                            void *scratch) {
  (void)keeps;
  const size_t depth = uk_round_up(p->depth, 4);
  int16_t *wide = scratch;
  for (size_t i = 0; i < rows; ++i) {
    to->a[i] = wide + i * depth;
    uk_widen(x + i * p->depth, p->depth, wide + i * depth);
  }
}

#endif

/// Where the operands are; what goes by columns, from the part's first on.
typedef struct uk_s8_gemm_operands {
  const int8_t *a;
  const int8_t *weights;
  const int32_t *bias;
  const float *scale;
  const int8_t *residual;
  int8_t *y;
  const uk_s8_residual *add;
  const uk_s8_reals *reals;  // whose y takes the outputs, if there are any
} uk_s8_gemm_operands;

/// A part of a product; rows of y and of the residual are `p->columns` apart.
UK_INLINE UK_TARGET void uk_s8_gemm_multiply(const uk_s8_gemm_parameters *p, uk_gemm_part part,
                                             const uk_s8_gemm_operands *operands, void *scratch) {
  const int has_tails = UK_STEPS == 1 && p->depth % 4 != 0;
  const size_t row_depth = UK_STEPS == 1 ? p->depth : uk_round_up(p->depth, 4);
  uk_s8_gemm_rows block;
  int8_t *y[UK_S8_ROWS];
  const int8_t *residual[UK_S8_ROWS];
  uk_s8_reals reals;
  _Alignas(64) int32_t bias[UK_S8_FLIPPED_COLUMNS];
  uk_s8_product product = {
      .a = block.a,
      .taps = 1,
      .groups = row_depth / 4,
      .tails = has_tails ? block.tails : NULL,
      .starts = block.starts,
      .weights = operands->weights,
      .panel_bytes = uk_round_up(p->depth, 4) * UK_PANEL,
      .bias = operands->bias,
      .outputs = {
          .scale = operands->scale,
          .output = &p->output,
          .y = y,
          .columns = part.column_end - part.column,
          .residual = UK_RESIDUAL ? residual : NULL,
          .add = operands->add,
          .reals = operands->reals != NULL ? &reals : NULL,
      },
  };
  const size_t part_rows = part.row_end - part.row;
  const int keeps = uk_s8_keeps(&product, part_rows, p->weights_zero_point);
  if (!keeps) uk_s8_flip_product(&product, part_rows, p->weights_zero_point, bias);
  uint32_t rows;
  for (size_t first = part.row; first < part.row_end; first += rows) {
    rows = uk_s8_gemm_next_rows(p, part.row_end - first, keeps);
    uk_s8_gemm_prepare(p, operands->a + first * p->depth, rows, keeps, &block, scratch);
    if (!keeps && product.starts != NULL) {
      uk_s8_row_starts(block.a, 1, 0, row_depth, rows, p->weights_zero_point, block.starts);
    }
    if (operands->reals != NULL) {
      reals = *operands->reals;
      reals.y += first * reals.pitch;
      reals.row_scale += first;
    }
    for (size_t i = 0; operands->reals == NULL && i < rows; ++i) {
      const size_t output = (first + i) * p->columns;
      y[i] = operands->y + output;
      if (UK_RESIDUAL) residual[i] = operands->residual + output;
    }
    uk_s8_block(&product, rows, keeps);
  }
}

UK_INLINE UK_TARGET void uk_s8_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  const uk_s8_gemm_parameters *p = arguments->parameters;
  const uk_rows *from = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const uk_s8_gemm_operands operands = {
      .a = (const int8_t *)from[0].data,
      .weights = (const int8_t *)from[1].data + part.column * uk_round_up(p->depth, 4),
      .bias = (const int32_t *)from[2].data + part.column,
      .scale = (const float *)from[3].data + part.column,
      .residual = (const int8_t *)from[4].data + part.column,
      .y = (int8_t *)from[4 + UK_RESIDUAL].data + part.column,
      .add = (const uk_s8_residual *)(p + 1),
  };
  uk_s8_gemm_multiply(p, part, &operands, scratch);
}
