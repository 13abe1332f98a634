// SPDX-License-Identifier: Apache-2.0
// The int8 product of two activations on vectors. Include one of uk_s8_<isa>.h first.
//
// The right side is packed as weights are, some columns at a time, and multiplied as they are. Its
// zero point is that of weights; the left side's leaves a bias of each column.
#include "../gemm/uk_s8_gemm.h"
#include "../support/uk_s8_pack.h"

/// −a_zero_point · Σ(b − b_zero_point) of each column of some panels.
UK_INLINE UK_TARGET void uk_s8_matmul_bias(const uk_s8_matmul_parameters *p, const int8_t *panels,
                                           size_t columns, int32_t *bias) {
  const size_t groups = ((size_t)p->shape.depth + 3) / 4;
  const int32_t ones = UK_STEPS == 1 ? 0x01010101 : 0x00010001;
  // What is added up are b plus 128 where they are the unsigned operand of a dot product.
  const uint32_t flipped = UK_STEPS == 1 ? 128 * 4 * (uint32_t)groups : 0;
  const int32_t offset = (int32_t)(flipped + p->shape.depth * (uint32_t)p->b_zero_point);
  for (size_t column = 0; column < columns; column += UK_PANEL, bias += UK_PANEL) {
    uk_lanes_i32 sum[UK_VECTORS] = {0};
    for (size_t k = 0; k < groups && p->a_zero_point != 0; ++k, panels += 4 * UK_PANEL) {
      UK_UNROLL for (int step = 0; step < UK_STEPS; ++step) {
        UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
          const uk_weights w = uk_unpack_weights(panels + v * (4 * UK_LANES), step);
          sum[v] = uk_multiply_add(sum[v], w, ones);
        }
      }
    }
    UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
      sum[v] = (sum[v] - offset) * -p->a_zero_point;
    }
    memcpy(bias, sum, sizeof sum);
  }
}

/// Rows `row ..< row_end` of one product.
UK_INLINE UK_TARGET void uk_s8_matmul_rows(const uk_s8_matmul_parameters *p, const int8_t *a,
                                           const int8_t *b, size_t row, size_t row_end, int8_t *y,
                                           void *scratch) {
  const size_t columns = p->shape.columns, depth = p->shape.depth;
  const size_t most = uk_s8_matmul_columns(p);
  const uk_s8_gemm_parameters product = {
      .rows = p->shape.rows, .columns = p->shape.columns, .depth = p->shape.depth,
      .weights_zero_point = p->b_zero_point, .output = p->output,
  };
  int8_t *panels = scratch;
  int32_t *bias = (int32_t *)(panels + most * uk_round_up(depth, 4));
  float *scale = (float *)(bias + most);
  for (size_t column = 0; column < most; ++column) scale[column] = p->scale;
  for (size_t column = 0; column < columns; column += most) {
    const size_t width = columns - column < most ? columns - column : most;
    if (p->shape.is_transposed) {
      uk_s8_pack_transposed(b + column * depth, depth, depth, width, panels);
    } else {
      uk_s8_pack(b + column, columns, depth, width, panels);
    }
    uk_s8_matmul_bias(p, panels, width, bias);
    const uk_gemm_part part = {.row = row, .row_end = row_end, .column_end = width};
    const uk_s8_gemm_operands operands = {
        .a = a, .weights = panels, .bias = bias, .scale = scale, .y = y + column};
    uk_s8_gemm_multiply(&product, part, &operands, scale + most);
  }
}

UK_INLINE UK_TARGET void uk_s8_matmul(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                      void *scratch) {
  const uk_s8_matmul_parameters *p = arguments->parameters;
  const uk_f32_matmul_parameters *shape = &p->shape;
  const uk_rows *operands = arguments->operands;
  const size_t rows = shape->rows;
  size_t count;
  for (size_t row = begin; row < end; row += count) {
    const size_t product = row / rows, first = row % rows;
    count = rows - first < end - row ? rows - first : end - row;
    const size_t outer = product / shape->inner, inner = product % shape->inner;
    const size_t a = outer * shape->a_outer + inner * shape->a_inner;
    const size_t b = outer * shape->b_outer + inner * shape->b_inner;
    uk_s8_matmul_rows(p, (const int8_t *)operands[0].data + a,
                      (const int8_t *)operands[1].data + b, first, first + count,
                      (int8_t *)operands[2].data + product * rows * shape->columns, scratch);
  }
}
