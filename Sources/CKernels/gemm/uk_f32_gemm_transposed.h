// SPDX-License-Identifier: Apache-2.0
// y[rows, depth] = a[rows, columns] · wᵀ for the packed weights of a matrix product,
// [panel][depth][16]. Each sum starts at +0 and runs over the columns in sequence, as the block's
// float class rounds it.
//
// The weights are packed the other way a piece at a time; sums go on from y where a piece is not
// the first.
#include "../support/uk_f32_pack.h"
#include "../support/uk_gemm_part.h"

/// Packs rows `k ..< k + width` of the weights of `columns` columns as columns.
///
/// `w` is where these weights' panels begin, each of `depth` rows.
static inline void uk_f32_turn_weights(const float *w, size_t depth, size_t k, size_t width,
                                       size_t columns, float *panels) {
  for (size_t first = 0; first < width; first += UK_PACK_PANEL) {
    const size_t count = width - first < UK_PACK_PANEL ? width - first : UK_PACK_PANEL;
    for (size_t c = 0; c < columns; c += UK_PACK_PANEL) {
      const size_t lanes = columns - c < UK_PACK_PANEL ? columns - c : UK_PACK_PANEL;
      const float *from = w + c * depth + (k + first) * UK_PACK_PANEL;
      uk_f32_pack_transposed(from, UK_PACK_PANEL, lanes, count, panels);
      panels += lanes * UK_PACK_PANEL;
    }
  }
}

static inline void uk_f32_gemm_transposed(const uk_arguments *arguments, uint32_t begin,
                                          uint32_t end, void *scratch, uk_f32_block *block) {
  const uk_f32_gemm_transposed_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t columns = p->columns, depth = p->depth;
  const uk_gemm_part part = uk_make_gemm_part(p->rows, p->depth, begin, end);
  const float *a = (const float *)operands[0].data + part.row * columns;
  const float *w = (const float *)operands[1].data;
  float *y = (float *)operands[2].data + part.row * depth, *panels = scratch;
  for (size_t k = part.column; k < part.column_end; k += UK_PACK_COLUMNS) {
    const size_t left = part.column_end - k;
    const size_t width = left < UK_PACK_COLUMNS ? left : UK_PACK_COLUMNS;
    for (size_t c = 0; c < columns; c += UK_PACK_DEPTH) {
      const size_t piece = columns - c < UK_PACK_DEPTH ? columns - c : UK_PACK_DEPTH;
      uk_f32_turn_weights(w + c * depth, depth, k, width, piece, panels);
      uk_f32_multiply_packed(a + c, columns, part.row_end - part.row, panels, piece, y + k, depth,
                             width, c == 0, block);
    }
  }
}
