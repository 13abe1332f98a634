// SPDX-License-Identifier: Apache-2.0
// y = softmax(scale · q·kᵀ + mask) · v for each head in float32. The scores of a block of query
// rows live in scratch; a row's bits do not depend on its block.

#include "../support/uk_panel.h"
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
  size_t c = 0;
#if defined(UK_VECTOR_BYTES)
  for (; c + UK_WIDTH <= keys; c += UK_WIDTH) {
    const uk_vf added = mask.pitch ? uk_load(mask.data + c) : uk_splat(*mask.data);
    uk_store(x + c, UK_MULADD(uk_load(x + c), uk_splat(scale), added));
  }
#endif
  for (; c < keys; ++c) x[c] = UK_MULADD(x[c], scale, mask.data[c * mask.pitch]);
  if (p->is_causal) {
    for (c = row + 1 + (keys - p->rows); c < keys; ++c) x[c] = -__builtin_inff();
  }
  uk_row_softmax(x, x, keys, 1);
  if (p->zeroes_nan) {
    for (c = 0; c < keys; ++c) x[c] = uk_select(x[c] == x[c], x[c], 0);
  }
}

/// Rows of a head, no more than the scratch has room for.
UK_TARGET static void uk_attend(const uk_arguments *arguments, size_t batch, size_t head,
                                size_t first, size_t count, float *panel, float *scores) {
  const uk_f32_attention_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t keys = p->keys, pitch = uk_round_up(keys, UK_PANEL);
  const size_t shared = head / (p->heads / p->key_heads);
  const uk_head q = uk_find_head(&operands[0], p->rows_first & 1, batch, head, p->heads, p->rows,
                                 p->depth);
  const uk_head k = uk_find_head(&operands[1], p->rows_first & 2, batch, shared, p->key_heads,
                                 keys, p->depth);
  const uk_head v = uk_find_head(&operands[2], p->rows_first & 4, batch, shared, p->key_heads,
                                 keys, p->value_depth);
  const uk_head y = uk_find_head(&operands[4], p->rows_first & 8, batch, head, p->heads, p->rows,
                                 p->value_depth);
  for (size_t c = 0; c < keys; c += UK_PANEL) {
    const size_t width = keys - c < UK_PANEL ? keys - c : UK_PANEL;
    uk_pack_rows(k.data + c * k.pitch, k.pitch, p->depth, width, panel);
    uk_panel_product(q.data + first * q.pitch, q.pitch, count, panel, p->depth, scores + c, pitch,
                     width);
  }
  for (size_t row = 0; row < count; ++row) {
    uk_weigh(p, scores + row * pitch, uk_find_mask(p, &operands[3], batch, head, first + row),
             first + row);
  }
  for (size_t c = 0; c < p->value_depth; c += UK_PANEL) {
    const size_t width = p->value_depth - c < UK_PANEL ? p->value_depth - c : UK_PANEL;
    uk_pack_columns(v.data + c, v.pitch, keys, width, panel);
    uk_panel_product(scores, pitch, count, panel, keys, y.data + first * y.pitch + c, y.pitch,
                     width);
  }
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_f32_attention_parameters *p = arguments->parameters;
  const size_t block = uk_attention_block_rows(p);
  float *panel = scratch;
  float *scores = panel + uk_attention_panel_elements(p);
  size_t count;
  for (size_t row = begin; row < end; row += count) {
    const size_t head = row / p->rows, first = row % p->rows;
    count = p->rows - first < end - row ? p->rows - first : end - row;
    if (count > block) count = block;
    uk_attend(arguments, head / p->heads, head % p->heads, first, count, panel, scores);
  }
}
