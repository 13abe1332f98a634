// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TYPED_ROWS_H
#define THIMBLE_UK_TYPED_ROWS_H

#include "../support/uk_broadcast.h"

/// Elements of bool tensors are bytes, 0 or 1.
typedef uint8_t uk_bool;

/// Defines a function that gives elements of OUT for rows of elements of IN, two operands each.
///
/// y may lie on an operand of its own shape and type: an element is read before it is written.
#define UK_TYPED_ROWS(NAME, IN, OUT, EXPRESSION)                                            \
  static void NAME(const uk_arguments *arguments, uint32_t begin, uint32_t end) {           \
    const uk_typed_binary_parameters *p = arguments->parameters;                            \
    const uk_broadcast *s = &p->shape;                                                      \
    const size_t columns = s->extents[3], a_step = s->a[3], b_step = s->b[3];               \
    for (uint32_t row = begin; row < end; ++row) {                                          \
      const IN *a_row =                                                                     \
          (const IN *)arguments->operands[0].data + uk_broadcast_row(s->extents, s->a, row); \
      const IN *b_row =                                                                     \
          (const IN *)arguments->operands[1].data + uk_broadcast_row(s->extents, s->b, row); \
      OUT *y = (OUT *)arguments->operands[2].data + (size_t)row * columns;                  \
      for (size_t c = 0; c < columns; ++c) {                                                \
        const IN a = a_row[c * a_step], b = b_row[c * b_step];                              \
        y[c] = (OUT)(EXPRESSION);                                                           \
      }                                                                                     \
    }                                                                                       \
  }

#endif
