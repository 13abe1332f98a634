// SPDX-License-Identifier: Apache-2.0
// y = softmax(scale · q·kᵀ + mask) · v for each head in float32. The scores of a block of query
// rows live in scratch; a row's bits do not depend on its block. The including file defines
// UK_BLOCK, the block function that multiplies.

#include "../support/uk_f32_pack.h"
#include "../support/uk_softmax_row.h"

/// The matrix of one head: element (row, i) at `data[row · pitch + i]`.
typedef struct uk_head {
  float *data;
  size_t pitch;
} uk_head;

/// Head `head` of batch `batch` in [batch, heads, rows, depth] or [batch, rows, heads, depth].
UK_INLINE uk_head uk_find_head(const uk_rows *operand, int rows_first, size_t batch, size_t head,
                               size_t heads, size_t rows, size_t depth) {
  float *data = (float *)operand->data + batch * heads * rows * depth;
  if (rows_first) return (uk_head){data + head * depth, heads * depth};
  return (uk_head){data + head * rows * depth, depth};
}

/// Where the mask of one query row is, and from one key to the next.
typedef struct uk_mask_row {
  const float *data;
  size_t pitch;
} uk_mask_row;

UK_INLINE uk_mask_row uk_find_mask(const uk_f32_attention_parameters *p, const uk_rows *operand,
                                   size_t batch, size_t head, size_t row) {
  size_t index = p->mask_axes & 1 ? batch : 0;
  if (p->mask_axes & 2) index = index * p->heads + head;
  if (p->mask_axes & 4) index = index * p->rows + row;
  if (p->mask_axes & 8) index *= p->keys;
  return (uk_mask_row){(const float *)operand->data + index, p->mask_axes & 8 ? 1 : 0};
}

/// scale · x + mask, −∞ behind the last key that a query may see, then softmax.
UK_INLINE void uk_weigh(const uk_f32_attention_parameters *p, float *x, uk_mask_row mask,
                        size_t row) {
  const float scale = p->scale;
  const size_t keys = p->keys;
  for (size_t c = 0; c < keys; c += UK_WIDTH) {
    const size_t left = keys - c;
    const uk_vf added = mask.pitch ? uk_load_lanes(mask.data + c, left) : uk_splat(*mask.data);
    uk_store_lanes(x + c, UK_MULADD(uk_load_lanes(x + c, left), uk_splat(scale), added), left);
  }
  if (p->is_causal) {
    for (size_t c = row + 1 + (keys - p->rows); c < keys; ++c) x[c] = -__builtin_inff();
  }
  uk_row_softmax(x, x, keys, 1);
  if (p->zeroes_nan) {
    for (size_t c = 0; c < keys; ++c) x[c] = uk_select(x[c] == x[c], x[c], 0);
  }
}

/// scores = q·kᵀ for `count` query rows.
UK_TARGET static void uk_score(const uk_f32_attention_parameters *p, uk_head q, uk_head k,
                               size_t count, float *panels, float *scores, size_t pitch) {
  const size_t keys = p->keys, depth = p->depth;
  for (size_t c = 0; c < keys; c += UK_PACK_COLUMNS) {
    const size_t width = keys - c < UK_PACK_COLUMNS ? keys - c : UK_PACK_COLUMNS;
    for (size_t d = 0; d < depth; d += UK_PACK_DEPTH) {
      const size_t piece = depth - d < UK_PACK_DEPTH ? depth - d : UK_PACK_DEPTH;
      uk_f32_pack_transposed(k.data + c * k.pitch + d, k.pitch, piece, width, panels);
      uk_f32_multiply_packed(q.data + d, q.pitch, count, panels, piece, scores + c, pitch, width,
                             d == 0, UK_BLOCK);
    }
  }
}

/// y = scores · v.
UK_TARGET static void uk_combine(const uk_f32_attention_parameters *p, const float *scores,
                                 size_t pitch, uk_head v, size_t count, float *panels, uk_head y) {
  const size_t keys = p->keys, depth = p->value_depth;
  for (size_t c = 0; c < depth; c += UK_PACK_COLUMNS) {
    const size_t width = depth - c < UK_PACK_COLUMNS ? depth - c : UK_PACK_COLUMNS;
    for (size_t row = 0; row < keys; row += UK_PACK_DEPTH) {
      const size_t piece = keys - row < UK_PACK_DEPTH ? keys - row : UK_PACK_DEPTH;
      uk_f32_pack(v.data + row * v.pitch + c, v.pitch, piece, width, panels);
      uk_f32_multiply_packed(scores + row, pitch, count, panels, piece, y.data + c, y.pitch, width,
                             row == 0, UK_BLOCK);
    }
  }
}

/// Rows of a head, no more than the scratch has room for.
UK_TARGET static void uk_attend(const uk_arguments *arguments, size_t batch, size_t head,
                                size_t first, size_t count, float *panels, float *scores) {
  const uk_f32_attention_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t keys = p->keys, pitch = uk_round_up(keys, 16);
  const size_t shared = head / (p->heads / p->key_heads);
  uk_head q = uk_find_head(&operands[0], p->rows_first & 1, batch, head, p->heads, p->rows,
                           p->depth);
  const uk_head k = uk_find_head(&operands[1], p->rows_first & 2, batch, shared, p->key_heads,
                                 keys, p->depth);
  const uk_head v = uk_find_head(&operands[2], p->rows_first & 4, batch, shared, p->key_heads,
                                 keys, p->value_depth);
  uk_head y = uk_find_head(&operands[4], p->rows_first & 8, batch, head, p->heads, p->rows,
                           p->value_depth);
  q.data += first * q.pitch;
  y.data += first * y.pitch;
  uk_score(p, q, k, count, panels, scores, pitch);
  for (size_t row = 0; row < count; ++row) {
    uk_weigh(p, scores + row * pitch, uk_find_mask(p, &operands[3], batch, head, first + row),
             first + row);
  }
  uk_combine(p, scores, pitch, v, count, panels, y);
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_f32_attention_parameters *p = arguments->parameters;
  const size_t block = uk_attention_block_rows(p);
  float *panels = scratch;
  float *scores = panels + uk_attention_panel_elements(p);
  size_t count;
  for (size_t row = begin; row < end; row += count) {
    const size_t head = row / p->rows, first = row % p->rows;
    count = p->rows - first < end - row ? p->rows - first : end - row;
    if (count > block) count = block;
    uk_attend(arguments, head / p->heads, head % p->heads, first, count, panels, scores);
  }
}
