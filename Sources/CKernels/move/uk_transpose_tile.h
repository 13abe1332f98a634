// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_TRANSPOSE_TILE_H
#define THIMBLE_UK_TRANSPOSE_TILE_H

// Square tiles transposed in registers, written for any instruction set with vectors of 16 bytes:
// loads and stores, not shuffles, are what a transpose waits for, so wider vectors gain nothing.
//
// The file that includes this one sets UK_TARGET, the attribute that enables the instruction set.

#include <string.h>

#include "CKernels.h"

#define UK_INLINE static inline __attribute__((always_inline)) UK_TARGET

typedef uint8_t uk_vector_uint8_t __attribute__((vector_size(8)));
typedef uint16_t uk_vector_uint16_t __attribute__((vector_size(16)));
typedef uint32_t uk_vector_uint32_t __attribute__((vector_size(16)));
typedef uint64_t uk_vector_uint64_t __attribute__((vector_size(16)));

// The lanes of the lower and of the upper halves of two vectors, in turn.
#define UK_ZIP_2(a, b, half) __builtin_shufflevector(a, b, half, 2 + half)
#define UK_ZIP_4(a, b, half) \
  __builtin_shufflevector(a, b, 2 * half, 4 + 2 * half, 1 + 2 * half, 5 + 2 * half)
#define UK_ZIP_8(a, b, half)                                                                 \
  __builtin_shufflevector(a, b, 4 * half, 8 + 4 * half, 1 + 4 * half, 9 + 4 * half,          \
                          2 + 4 * half, 10 + 4 * half, 3 + 4 * half, 11 + 4 * half)

/// Defines uk_tile_TYPE(x, y): y[N, N] = the transpose of x[N, N], neighbouring rows a pitch apart.
///
/// Zipping row i with row i + N/2 rotates the bits of an element's position by one; log2(N) rounds
/// exchange the row's with the column's.
#define UK_DEFINE_TILE(TYPE, N)                                                           \
  UK_INLINE void uk_tile_##TYPE(const TYPE *x, size_t x_pitch, TYPE *y, size_t y_pitch) { \
    uk_vector_##TYPE row[N], zipped[N];                                                   \
    for (int i = 0; i < N; ++i) memcpy(&row[i], x + i * x_pitch, sizeof row[i]);          \
    _Pragma("clang loop unroll(full)") for (int round = 1; round < N; round *= 2) {       \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < N / 2; ++i) {                \
        zipped[2 * i] = UK_ZIP_##N(row[i], row[i + N / 2], 0);                            \
        zipped[2 * i + 1] = UK_ZIP_##N(row[i], row[i + N / 2], 1);                        \
      }                                                                                   \
      memcpy(row, zipped, sizeof row);                                                    \
    }                                                                                     \
    for (int i = 0; i < N; ++i) memcpy(y + i * y_pitch, &row[i], sizeof row[i]);          \
  }

UK_DEFINE_TILE(uint8_t, 8)
UK_DEFINE_TILE(uint16_t, 8)
UK_DEFINE_TILE(uint32_t, 4)
UK_DEFINE_TILE(uint64_t, 2)

/// Defines uk_tiles_TYPE: y[rows, columns] = the transpose of x[columns, rows], x with a pitch and
/// both extents at least N. The last tile of each axis repeats elements of the one before it.
///
/// Goes down x in strips of one cache line, which is read whole before it is left.
#define UK_DEFINE_TILES(TYPE, N)                                                               \
  UK_INLINE void uk_tiles_##TYPE(const TYPE *x, size_t x_pitch, TYPE *y, size_t rows,          \
                                 size_t columns) {                                             \
    const size_t strip = 64 / sizeof(TYPE);                                                    \
    for (size_t first = 0; first < rows; first += strip) {                                     \
      const size_t end = first + strip < rows ? first + strip : rows;                          \
      for (size_t c = 0; c < columns; c += N) {                                                \
        const size_t column = c + N <= columns ? c : columns - N;                              \
        for (size_t r = first; r < end; r += N) {                                              \
          const size_t row = r + N <= rows ? r : rows - N;                                     \
          uk_tile_##TYPE(x + column * x_pitch + row, x_pitch, y + row * columns + column,      \
                         columns);                                                             \
        }                                                                                      \
      }                                                                                        \
    }                                                                                          \
  }

UK_DEFINE_TILES(uint8_t, 8)
UK_DEFINE_TILES(uint16_t, 8)
UK_DEFINE_TILES(uint32_t, 4)
UK_DEFINE_TILES(uint64_t, 2)

#endif
