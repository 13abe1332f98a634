// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "CKernels.h"

/// Copies `count` elements of TYPE that lie `stride` apart.
#define UK_STRIDED_RUN(TYPE)                                                            \
  static void uk_run_##TYPE(const TYPE *x, TYPE *y, size_t count, ptrdiff_t stride) { \
    for (size_t i = 0; i < count; ++i) y[i] = x[(ptrdiff_t)i * stride];                 \
  }

UK_STRIDED_RUN(uint8_t)
UK_STRIDED_RUN(uint16_t)
UK_STRIDED_RUN(uint32_t)
UK_STRIDED_RUN(uint64_t)

static void uk_run(const uint8_t *x, uint8_t *y, size_t count, ptrdiff_t stride, size_t bytes) {
  if (stride == 1) {
    memcpy(y, x, count * bytes);
    return;
  }
  switch (bytes) {
    case 1: uk_run_uint8_t(x, y, count, stride); break;
    case 2: uk_run_uint16_t((const uint16_t *)x, (uint16_t *)y, count, stride); break;
    case 4: uk_run_uint32_t((const uint32_t *)x, (uint32_t *)y, count, stride); break;
    default: uk_run_uint64_t((const uint64_t *)x, (uint64_t *)y, count, stride); break;
  }
}

/// Gathers up to six strided axes; see `uk_strided_copy_parameters`. Rows are the first five axes;
/// y does not overlap x.
void uk_xx_strided_copy__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                void *scratch) {
  (void)scratch;
  const uk_strided_copy_parameters *p = arguments->parameters;
  const size_t bytes = p->element_bytes;
  const uint8_t *x = arguments->operands[0].data;
  uint8_t *y = arguments->operands[1].data + (size_t)begin * p->out[5] * bytes;
  uint32_t index[5];
  uint32_t rest = begin;
  ptrdiff_t position = p->in_offset;
  for (int axis = 4; axis >= 0; --axis) {
    index[axis] = rest % p->out[axis];
    rest /= p->out[axis];
    position += (ptrdiff_t)index[axis] * p->in_stride[axis];
  }
  for (uint32_t row = begin; row < end; ++row, y += p->out[5] * bytes) {
    uk_run(x + position * (ptrdiff_t)bytes, y, p->out[5], p->in_stride[5], bytes);
    // The next row: one axis goes on, those inside it start again.
    for (int axis = 4; axis >= 0; --axis) {
      position += p->in_stride[axis];
      if (++index[axis] < p->out[axis]) break;
      position -= (ptrdiff_t)p->out[axis] * p->in_stride[axis];
      index[axis] = 0;
    }
  }
}
