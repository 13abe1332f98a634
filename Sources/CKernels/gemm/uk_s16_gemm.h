// SPDX-License-Identifier: Apache-2.0
// The int16 matrix product on vectors. Include one of uk_s16_<isa>.h first.

/// A row's pointer and what it has behind its groups of 4.
UK_INLINE UK_TARGET void uk_s16_gemm(const uk_arguments *arguments, uint32_t begin, uint32_t end) {
  const uk_s8_gemm_parameters *p = arguments->parameters;
  const uk_rows *from = arguments->operands;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->columns, begin, end);
  const size_t depth = p->depth;
  const int16_t *a[UK_S16_ROWS];
  uint64_t tails[UK_S16_ROWS];
  int16_t *y[UK_S16_ROWS];
  const uk_s16_product product = {
      .a = a,
      .tails = depth % 4 != 0 ? tails : NULL,
      .taps = 1,
      .groups = depth / 4,
      .weights = (const int8_t *)from[1].data + part.column * uk_round_up(depth, 4),
      .panel_bytes = uk_s16_panel_bytes(1, depth),
      .bias = (const int64_t *)from[2].data + part.column,
      .scale = (const float *)from[3].data + part.column,
      .output = &p->output,
      .y = y,
      .columns = part.column_end - part.column,
  };
  size_t rows;
  for (size_t first = part.row; first < part.row_end; first += rows) {
    rows = part.row_end - first < UK_S16_ROWS ? part.row_end - first : UK_S16_ROWS;
    for (size_t i = 0; i < rows; ++i) {
      a[i] = (const int16_t *)from[0].data + (first + i) * depth;
      tails[i] = uk_s16_group(a[i] + depth / 4 * 4, depth % 4);
      y[i] = (int16_t *)from[4].data + (first + i) * p->columns + part.column;
    }
    uk_s16_block(&product, rows);
  }
}
