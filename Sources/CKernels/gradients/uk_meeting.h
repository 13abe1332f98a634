// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_MEETING_H
#define THIMBLE_UK_MEETING_H

// Which taps of a window meet an input, and at which outputs. Included behind uk_elements.h.

/// The taps along one axis that meet an input: `count` from `tap` on, a `step` apart. The first has
/// it from `output`, each next one from `back` before.
typedef struct uk_meeting {
  int64_t tap, count, step, output, back;
} uk_meeting;

UK_INLINE int64_t uk_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// Those of input row or column `at`, whether their output is in the image or not.
UK_INLINE uk_meeting uk_meet(int64_t at, int64_t kernel, int64_t stride, int64_t dilation,
                             int64_t padding) {
  const int64_t common = uk_common_divisor(stride, dilation);
  uk_meeting m = {.step = stride / common, .back = dilation / common};
  for (; m.tap < kernel && m.tap < m.step; ++m.tap) {
    const int64_t reach = at + padding - m.tap * dilation;
    if (reach % stride != 0) continue;
    m.count = (kernel - 1 - m.tap) / m.step + 1;
    m.output = reach / stride;
    return m;
  }
  return m;
}

/// Leaves out the taps whose output is not among `extent`.
UK_INLINE void uk_keep_inside(uk_meeting *m, int64_t extent) {
  int64_t skipped = m->output < extent ? 0 : (m->output - extent) / m->back + 1;
  const int64_t kept = m->output < 0 ? 0 : m->output / m->back + 1;
  if (kept < m->count) m->count = kept;
  if (skipped > m->count) skipped = m->count;
  m->count -= skipped;
  m->tap += skipped * m->step;
  m->output -= skipped * m->back;
}

#endif
