// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "CKernels.h"
#include "uk_math.h"

#pragma STDC FP_CONTRACT OFF

/// A box by its corners.
typedef struct corners {
  float top, left, bottom, right;
} corners;

/// A detection by box and class; `score` is what it is ranked by.
typedef struct ranked {
  uint32_t box, class_index;
  float score;
} ranked;

/// The operands, and the places of the scratch.
typedef struct detector {
  const uk_detection_parameters *p;
  const float *scores;   // [boxes][class_offset + classes]
  corners *boxes;        // [boxes], decoded
  uint32_t *candidates;  // [boxes]: boxes that may still be chosen, in order
  float *best;           // [boxes]: the largest score of each
  ranked *found;         // [detections]: best first
} detector;

/// NaN ranks last.
static inline float key(float score) {
  return score > -__builtin_inff() ? score : -__builtin_inff();
}

static inline float larger(float a, float b) { return a < b ? b : a; }
static inline float smaller(float a, float b) { return b < a ? b : a; }

static corners decode(const uk_detection_parameters *p, const float *encoding,
                      const float *anchor) {
  const float center_y = encoding[0] / p->y_scale * anchor[2] + anchor[0];
  const float center_x = encoding[1] / p->x_scale * anchor[3] + anchor[1];
  const float half_height = 0.5f * uk_exp_muladd(encoding[2] / p->h_scale) * anchor[2];
  const float half_width = 0.5f * uk_exp_muladd(encoding[3] / p->w_scale) * anchor[3];
  return (corners){center_y - half_height, center_x - half_width, center_y + half_height,
                   center_x + half_width};
}

/// Intersection over union; 0 when either box is empty.
static float overlap(const corners *a, const corners *b) {
  const float area_a = (a->bottom - a->top) * (a->right - a->left);
  const float area_b = (b->bottom - b->top) * (b->right - b->left);
  if (area_a <= 0 || area_b <= 0) return 0;
  const float height = smaller(a->bottom, b->bottom) - larger(a->top, b->top);
  const float width = smaller(a->right, b->right) - larger(a->left, b->left);
  const float common = larger(height, 0) * larger(width, 0);
  return common / (area_a + area_b - common);
}

/// The scores of one class, or of the best class of each box: element `box * step`.
typedef struct column {
  const float *scores;
  size_t step;
} column;

/// Keeps the boxes whose score reaches the threshold; returns how many.
static uint32_t gather(const detector *d, column c) {
  uint32_t count = 0;
  for (uint32_t box = 0; box < d->p->boxes; ++box) {
    if (c.scores[box * c.step] >= d->p->score_threshold) d->candidates[count++] = box;
  }
  return count;
}

/// Takes the best candidate, the first of equals, out of `*count`, with those it overlaps.
static uint32_t take_best(const detector *d, column c, uint32_t *count) {
  uint32_t best = d->candidates[0];
  for (uint32_t i = 1; i < *count; ++i) {
    const uint32_t box = d->candidates[i];
    if (c.scores[box * c.step] > c.scores[best * c.step]) best = box;
  }
  uint32_t left = 0;
  for (uint32_t i = 0; i < *count; ++i) {
    const uint32_t box = d->candidates[i];
    const int is_covered = overlap(&d->boxes[best], &d->boxes[box]) > d->p->overlap_threshold;
    if (box != best && !is_covered) d->candidates[left++] = box;
  }
  *count = left;
  return best;
}

/// Writes entry `at` of the output: four edges, a class, a score.
static void put(const detector *d, float *y, uint32_t at, ranked entry) {
  const size_t entries = (size_t)d->p->detections * d->p->classes_per_box;
  memcpy(y + 4 * (size_t)at, &d->boxes[entry.box], sizeof(corners));
  y[4 * entries + at] = (float)entry.class_index;
  y[5 * entries + at] = entry.score;
}

/// Suppression on each box's best score: every box is chosen once, with its best classes.
static uint32_t detect_boxes(const detector *d, float *y) {
  const uk_detection_parameters *p = d->p;
  const size_t row = p->class_offset + p->classes;
  const uint32_t kept = p->classes_per_box < p->classes ? p->classes_per_box : p->classes;
  for (uint32_t box = 0; box < p->boxes; ++box) {
    const float *scores = d->scores + box * row + p->class_offset;
    float best = key(scores[0]);
    for (uint32_t c = 1; c < p->classes; ++c) best = key(scores[c]) > best ? scores[c] : best;
    d->best[box] = best;
  }
  const column column = {d->best, 1};
  uint32_t count = gather(d, column), found = 0;
  for (; count > 0 && found < p->detections; ++found) {
    const uint32_t box = take_best(d, column, &count);
    const float *scores = d->scores + box * row + p->class_offset;
    for (uint32_t n = 0, last = 0; n < kept; ++n) {
      // The next class by falling score, then by rising number, after the last one.
      uint32_t next = p->classes;
      for (uint32_t c = 0; c < p->classes; ++c) {
        const float score = key(scores[c]), bound = key(scores[last]);
        const int is_after = n == 0 || score < bound || (score == bound && c > last);
        if (is_after && (next == p->classes || score > key(scores[next]))) next = c;
      }
      put(d, y, found * p->classes_per_box + n, (ranked){box, next, scores[next]});
      last = next;
    }
  }
  return found;
}

/// Suppression class by class; the best of all classes remain, the earlier class before equals.
static uint32_t detect_classes(const detector *d, float *y) {
  const uk_detection_parameters *p = d->p;
  const size_t row = p->class_offset + p->classes;
  uint32_t found = 0;
  for (uint32_t c = 0; c < p->classes; ++c) {
    const column column = {d->scores + p->class_offset + c, row};
    uint32_t count = gather(d, column);
    for (uint32_t n = 0; count > 0 && n < p->detections_per_class && n < p->detections; ++n) {
      const uint32_t box = take_best(d, column, &count);
      const float score = column.scores[box * row];
      uint32_t at = found;
      while (at > 0 && d->found[at - 1].score < score) --at;
      if (at == p->detections) break;
      if (found < p->detections) ++found;
      memmove(&d->found[at + 1], &d->found[at], (found - 1 - at) * sizeof(ranked));
      d->found[at] = (ranked){box, c, score};
    }
  }
  for (uint32_t at = 0; at < found; ++at) put(d, y, at, d->found[at]);
  return found;
}

/// Boxes, classes and scores of the objects in one image: see `uk_detection_parameters`.
///
/// x: box encodings, scores, anchors. The scratch holds decoded boxes and candidates.
void uk_f32_detections__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                               void *scratch) {
  if (begin >= end) return;
  const uk_detection_parameters *p = arguments->parameters;
  const float *encodings = (const float *)arguments->operands[0].data;
  const float *anchors = (const float *)arguments->operands[2].data;
  float *y = (float *)arguments->operands[3].data;
  detector d = {.p = p, .scores = (const float *)arguments->operands[1].data, .boxes = scratch};
  d.candidates = (uint32_t *)(d.boxes + p->boxes);
  d.best = (float *)(d.candidates + p->boxes);
  d.found = (ranked *)(d.best + p->boxes);
  for (size_t box = 0; box < p->boxes; ++box) {
    d.boxes[box] = decode(p, encodings + box * p->encoding_width, anchors + box * 4);
  }
  const size_t entries = (size_t)p->detections * p->classes_per_box;
  memset(y, 0, 6 * entries * sizeof(float));
  y[6 * entries] = (float)(p->is_by_class ? detect_classes(&d, y) : detect_boxes(&d, y));
}
