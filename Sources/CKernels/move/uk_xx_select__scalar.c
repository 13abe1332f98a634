// SPDX-License-Identifier: Apache-2.0
#include "../support/uk_broadcast.h"

#define UK_SELECT_ROW(TYPE)                                                                  \
  static void uk_select_##TYPE(const TYPE *a, const TYPE *b, const uint8_t *condition, TYPE *y, \
                               const uk_select_parameters *p) {                              \
    const size_t columns = p->extents[3];                                                    \
    const size_t a_step = p->a[3], b_step = p->b[3], condition_step = p->condition[3];       \
    for (size_t c = 0; c < columns; ++c) {                                                   \
      y[c] = condition[c * condition_step] ? a[c * a_step] : b[c * b_step];                  \
    }                                                                                        \
  }

UK_SELECT_ROW(uint8_t)
UK_SELECT_ROW(uint16_t)
UK_SELECT_ROW(uint32_t)
UK_SELECT_ROW(uint64_t)

#define UK_SELECT_ROWS(TYPE)                                                       \
  for (uint32_t row = begin; row < end; ++row) {                                   \
    uk_select_##TYPE((const TYPE *)a + uk_broadcast_row(p->extents, p->a, row),    \
                     (const TYPE *)b + uk_broadcast_row(p->extents, p->b, row),    \
                     condition + uk_broadcast_row(p->extents, p->condition, row),  \
                     (TYPE *)y + (size_t)row * p->extents[3], p);                  \
  }

/// Takes each element from one of two tensors; see `uk_select_parameters`. y may lie on an operand
/// of its own shape: an element is read before it is written.
void uk_xx_select__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                          void *scratch) {
  (void)scratch;
  const uk_select_parameters *p = arguments->parameters;
  const uint8_t *a = arguments->operands[0].data, *b = arguments->operands[1].data;
  const uint8_t *condition = arguments->operands[2].data;
  uint8_t *y = arguments->operands[3].data;
  switch (p->element_bytes) {
    case 1: UK_SELECT_ROWS(uint8_t) break;
    case 2: UK_SELECT_ROWS(uint16_t) break;
    case 4: UK_SELECT_ROWS(uint32_t) break;
    default: UK_SELECT_ROWS(uint64_t) break;
  }
}
