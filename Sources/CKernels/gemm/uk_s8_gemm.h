// SPDX-License-Identifier: Apache-2.0
// The int8 matrix product on vectors. The including file chooses the tile's ISA.
#include "../support/uk_gemm_part.h"
#include "../support/uk_tile_s8.h"

UK_INLINE UK_TARGET void uk_s8_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                    void *scratch) {
  const uk_s8_gemm_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const size_t block = uk_block_rows(uk_s8_gemm_row_bytes(p));
  const size_t depth = uk_round_up(p->depth, 4);
  int16_t *a = scratch;
  int8_t *y[UK_BLOCK_ROWS];
  const int8_t *residual[UK_BLOCK_ROWS];
  const uk_s8_residual *add = (const uk_s8_residual *)(p + 1);
  int32_t starts[UK_BLOCK_ROWS];
  const uk_s8_product product = {
      .a = a,
      .starts = starts,
      .depth = depth,
      .weights = (const int8_t *)operands[1].data + part.column * depth,
      .bias = (const int32_t *)operands[2].data + part.column,
      .scale = (const float *)operands[3].data + part.column,
      .output = uk_make_s8_output(&p->output),
      .y = y,
      .columns = part.column_end - part.column,
      .residual = residual,
      .add = add,
      .sum = uk_make_s8_output(UK_RESIDUAL ? &add->output : &p->output),
  };
  size_t rows;
  for (size_t first = part.row; first < part.row_end; first += rows) {
    rows = part.row_end - first < block ? part.row_end - first : block;
    for (size_t i = 0; i < rows; ++i) {
      const int8_t *row = (const int8_t *)operands[0].data + (first + i) * p->depth;
      const size_t y_first = (first + i) * p->columns + part.column;
      uk_widen(row, p->depth, a + i * depth);
      y[i] = (int8_t *)operands[4 + UK_RESIDUAL].data + y_first;
      if (UK_RESIDUAL) residual[i] = (const int8_t *)operands[4].data + y_first;
    }
    uk_s8_row_starts(a, rows, depth, p->weights_zero_point, starts);
    uk_s8_block(&product, rows);
  }
}
