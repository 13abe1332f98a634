// SPDX-License-Identifier: Apache-2.0
// y[outer, inner, rows, columns] = a · b in float32 for both operands computed at run time. Each
// sum starts at +0 and runs over the depth in sequence, as the block's float class rounds it.
//
// The right side is packed a piece at a time; sums go on from y where a piece is not the first.
#include "../support/uk_f32_pack.h"

/// Rows of one product, from `a` to `y`.
static inline void uk_f32_matmul_rows(const uk_f32_matmul_parameters *p, const float *a,
                                      const float *b, size_t rows, float *y, float *panels,
                                      uk_f32_block *block) {
  const size_t columns = p->columns, depth = p->depth;
  for (size_t c = 0; c < columns; c += UK_PACK_COLUMNS) {
    const size_t width = columns - c < UK_PACK_COLUMNS ? columns - c : UK_PACK_COLUMNS;
    for (size_t k = 0; k < depth; k += UK_PACK_DEPTH) {
      const size_t piece = depth - k < UK_PACK_DEPTH ? depth - k : UK_PACK_DEPTH;
      if (p->is_transposed) {
        uk_f32_pack_transposed(b + c * depth + k, depth, piece, width, panels);
      } else {
        uk_f32_pack(b + k * columns + c, columns, piece, width, panels);
      }
      uk_f32_multiply_packed(a + k, depth, rows, panels, piece, y + c, columns, width, k == 0,
                             block);
    }
  }
}

static inline void uk_f32_matmul(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                 void *scratch, uk_f32_block *block) {
  const uk_f32_matmul_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t rows = p->rows;
  size_t count;
  for (size_t row = begin; row < end; row += count) {
    const size_t product = row / rows, first = row % rows;
    count = rows - first < end - row ? rows - first : end - row;
    const size_t outer = product / p->inner, inner = product % p->inner;
    const float *a = (const float *)operands[0].data + outer * p->a_outer + inner * p->a_inner;
    const float *b = (const float *)operands[1].data + outer * p->b_outer + inner * p->b_inner;
    float *y = (float *)operands[2].data + row * p->columns;
    uk_f32_matmul_rows(p, a + first * p->depth, b, count, y, scratch, block);
  }
}
