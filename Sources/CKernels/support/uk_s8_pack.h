// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_S8_PACK_H
#define THIMBLE_UK_S8_PACK_H

// Packs a matrix that is computed at run time as the weights of a uk_s8_product:
// [panel][⌈depth/4⌉][16][4], zeros behind the last column and the last row.
//
// Stores are as wide as the tiles' loads: soon after, the CPU has at hand what was one store, and
// waits for what were several.

#include "uk_tile_lanes.h"

#define UK_LINE 16

typedef int8_t uk_line_i8 __attribute__((ext_vector_type(16)));
typedef int16_t uk_line_i16 __attribute__((ext_vector_type(8)));
typedef int32_t uk_line_i32 __attribute__((ext_vector_type(4)));

// Lines of 16 bytes as one vector, and the lanes of two vectors in turn, within each line.
#if UK_LANES == 16
#define UK_JOIN_TWO(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7)
#define UK_JOIN_LINES(line)                                                                    \
  __builtin_shufflevector(UK_JOIN_TWO(line[0], line[1]), UK_JOIN_TWO(line[2], line[3]), 0, 1, 2, \
                          3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define UK_ZIP(half, bits, a, b) _mm512_unpack##half##_epi##bits((__m512i)(a), (__m512i)(b))
#elif UK_LANES == 8
#define UK_JOIN_LINES(line) __builtin_shufflevector(line[0], line[1], 0, 1, 2, 3, 4, 5, 6, 7)
#define UK_ZIP(half, bits, a, b) _mm256_unpack##half##_epi##bits((__m256i)(a), (__m256i)(b))
#else
#define UK_JOIN_LINES(line) line[0]
#define UK_ZIP(half, bits, a, b) _mm_unpack##half##_epi##bits((__m128i)(a), (__m128i)(b))
#endif

/// A vector of lines, the first of which is `at`, each `pitch` bytes behind the one before.
UK_INLINE UK_TARGET uk_lanes_i32 uk_s8_load_lines(const int8_t *at, size_t pitch) {
  uk_line_i32 line[UK_LANES / 4];
  UK_UNROLL for (int i = 0; i < UK_LANES / 4; ++i) memcpy(&line[i], at + i * pitch, UK_LINE);
  return UK_JOIN_LINES(line);
}

/// Packs 4 rows of 16 columns.
UK_INLINE UK_TARGET void uk_s8_pack_group(const int8_t *b, size_t pitch, int8_t *panel) {
  uk_line_i8 row[4];
  UK_UNROLL for (int i = 0; i < 4; ++i) memcpy(&row[i], b + i * pitch, UK_LINE);
  uk_line_i16 pair[4];
  UK_UNROLL for (int i = 0; i < 2; ++i) {
    const uk_line_i8 x = row[2 * i], y = row[2 * i + 1];
    pair[i] = (uk_line_i16)__builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                                   6, 22, 7, 23);
    pair[2 + i] = (uk_line_i16)__builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                       13, 29, 14, 30, 15, 31);
  }
  uk_line_i32 line[4];
  UK_UNROLL for (int i = 0; i < 4; i += 2) {
    const uk_line_i16 x = pair[i], y = pair[i + 1];
    line[i] = (uk_line_i32)__builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11);
    line[i + 1] = (uk_line_i32)__builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
  }
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    const uk_lanes_i32 columns = UK_JOIN_LINES((line + v * (UK_LANES / 4)));
    memcpy(panel + v * 4 * UK_LANES, &columns, sizeof columns);
  }
}

/// Packs `b[depth][columns]`, whose rows are `pitch` apart.
UK_INLINE UK_TARGET void uk_s8_pack(const int8_t *b, size_t pitch, size_t depth, size_t columns,
                                    int8_t *panels) {
  for (size_t first = 0; first < columns; first += UK_PANEL) {
    const size_t count = columns - first < UK_PANEL ? columns - first : UK_PANEL;
    const int8_t *from = b + first;
    for (size_t k = 0; k < depth; k += 4, from += 4 * pitch, panels += 4 * UK_PANEL) {
      if (count == UK_PANEL && k + 4 <= depth) {
        uk_s8_pack_group(from, pitch, panels);
        continue;
      }
      int8_t edge[4][UK_PANEL] = {0};
      for (size_t i = 0; i < 4 && k + i < depth; ++i) memcpy(edge[i], from + i * pitch, count);
      uk_s8_pack_group(edge[0], UK_PANEL, panels);
    }
  }
}

/// Packs 16 columns' 4 groups of 4, of which there are no more than `groups`.
UK_INLINE UK_TARGET void uk_s8_turn_groups(const int8_t *b, size_t pitch, size_t groups,
                                           int8_t *panel) {
  UK_UNROLL for (int v = 0; v < UK_VECTORS; ++v) {
    uk_lanes_i32 x[4], pair[4];
    UK_UNROLL for (int i = 0; i < 4; ++i) {
      x[i] = uk_s8_load_lines(b + (v * UK_LANES + i) * pitch, 4 * pitch);
    }
    UK_UNROLL for (int i = 0; i < 2; ++i) {
      pair[i] = (uk_lanes_i32)UK_ZIP(lo, 32, x[2 * i], x[2 * i + 1]);
      pair[2 + i] = (uk_lanes_i32)UK_ZIP(hi, 32, x[2 * i], x[2 * i + 1]);
    }
    UK_UNROLL for (int i = 0; i < 4; i += 2) {
      x[i] = (uk_lanes_i32)UK_ZIP(lo, 64, pair[i], pair[i + 1]);
      x[i + 1] = (uk_lanes_i32)UK_ZIP(hi, 64, pair[i], pair[i + 1]);
    }
    UK_UNROLL for (size_t g = 0; g < 4; ++g) {
      if (g < groups) memcpy(panel + g * 4 * UK_PANEL + v * 4 * UK_LANES, &x[g], sizeof x[g]);
    }
  }
}

/// Packs the transpose of `b[columns][depth]`, whose rows are `pitch` apart.
UK_INLINE UK_TARGET void uk_s8_pack_transposed(const int8_t *b, size_t pitch, size_t depth,
                                               size_t columns, int8_t *panels) {
  const size_t groups = (depth + 3) / 4;
  for (size_t first = 0; first < columns; first += UK_PANEL, b += UK_PANEL * pitch) {
    const size_t count = columns - first < UK_PANEL ? columns - first : UK_PANEL;
    for (size_t k = 0; k < depth; k += UK_LINE) {
      int8_t *to = panels + k * UK_PANEL;
      if (count == UK_PANEL && k + UK_LINE <= depth) {
        uk_s8_turn_groups(b + k, pitch, 4, to);
        continue;
      }
      const size_t length = depth - k < UK_LINE ? depth - k : UK_LINE;
      int8_t edge[UK_PANEL][UK_LINE] = {0};
      for (size_t c = 0; c < count; ++c) memcpy(edge[c], b + c * pitch + k, length);
      uk_s8_turn_groups(edge[0], UK_LINE, groups - k / 4, to);
    }
    panels += groups * 4 * UK_PANEL;
  }
}

#endif
