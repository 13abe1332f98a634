// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_MOVE_PARAMETERS_H
#define THIMBLE_UK_MOVE_PARAMETERS_H

// The parameter blocks of the contracts that move, choose, compare and convert elements of any
// type; as stored. Included by uk_parameters.h, whose `uk_broadcast` one of them holds.

#include <stdint.h>

/// Copies an NHWC block into a larger one filled with a constant. Output row r = (n, y) over
/// `out[0] * out[1]`; extents are outermost first; `before` is the padding in front on each axis,
/// and `before + in <= out`. Elements are 1, 2, 4 or 8 bytes; those of 8 are filled with 0 only. x
/// and y are spatial operands (`uk_rows`).
typedef struct uk_pad_parameters {
  uint32_t in[4], out[4], before[4];
  uint32_t element_bytes;
  uint32_t fill;  // the element's bytes, little-endian, in the low element_bytes
  uint32_t reserved[2];
} uk_pad_parameters;

/// y[i0, i1, i2, i3] = x[i0·s0 + i1·s1 + i2·s2 + i3·s3]: a transpose of up to four axes. Rows are
/// `out[0] * out[1]`, and y is a spatial operand (`uk_rows`). Strides are elements of 1, 2, 4 or 8
/// bytes.
typedef struct uk_transpose_parameters {
  uint32_t out[4], in_stride[4];
  uint32_t element_bytes;
  uint32_t reserved[3];
} uk_transpose_parameters;

/// Copies `rows` runs of `run_bytes`, from `x + r·in_pitch_bytes` to
/// `y + out_offset_bytes + r·out_pitch_bytes`: one operand of a concatenation.
typedef struct uk_copy_parameters {
  uint32_t rows, run_bytes, in_pitch_bytes, out_pitch_bytes;
  uint32_t out_offset_bytes, in_offset_bytes, reserved[2];
} uk_copy_parameters;

/// y[i0, …, i5] = x[in_offset + i0·s0 + … + i5·s5], with y contiguous: a slice, a broadcast, a
/// transpose. Strides may be negative or 0; every position lies in x. Rows are (i0, …, i4).
/// Elements are 1, 2, 4 or 8 bytes.
typedef struct uk_strided_copy_parameters {
  uint32_t out[6];
  int32_t in_stride[6];
  uint32_t in_offset, element_bytes;
  uint32_t reserved[2];
} uk_strided_copy_parameters;

/// y[o, i, :] = x[o, index, :], where x is [outer, extent, run_bytes], y is
/// [outer, count, run_bytes] and index number i is `indices[o / repeat, i]`: `repeat` outer rows
/// share a list of indices.
///
/// Rows are (o, i). Indices are integers of 4 or 8 bytes; a negative one counts from the end; one
/// that lies outside all the same takes the nearest inside.
typedef struct uk_gather_parameters {
  uint32_t outer, extent, count, repeat;
  uint32_t run_bytes, index_bytes;
  uint32_t reserved[2];
} uk_gather_parameters;

/// y[b, i, :] = x[b, j0, …, :], where the tuple (j0, …) is `indices[b, i, 0 ..< depth]` and x is
/// [batch, extents[0], …, extents[depth − 1], run_bytes]. Rows are (b, i); indices as in
/// `uk_gather_parameters`. Extents beyond `depth` are 0.
typedef struct uk_gather_nd_parameters {
  uint32_t batch, count, depth, index_bytes;
  uint32_t run_bytes;
  uint32_t reserved[3];
  uint32_t extents[8];
} uk_gather_nd_parameters;

/// y = condition ? a : b for every element, all three spread over `extents` as in `uk_broadcast`.
/// A condition is a byte, true unless 0; elements are 1, 2, 4 or 8 bytes.
typedef struct uk_select_parameters {
  uint32_t extents[4];
  uint32_t a[4], b[4], condition[4];
  uint32_t element_bytes;
  uint32_t reserved[3];
} uk_select_parameters;

/// Dtypes as parameters name them: the numbers that program files store for tensors.
typedef enum __attribute__((enum_extensibility(closed))) uk_dtype {
  UK_FLOAT32 = 1,
  UK_INT8 = 4,
  UK_UINT8 = 5,
  UK_INT16 = 6,
  UK_INT32 = 7,
  UK_INT64 = 8,
  UK_BOOL = 9,
} uk_dtype;

/// What xx_compare asks; of NaN only `UK_NOT_EQUAL` is true.
typedef enum __attribute__((enum_extensibility(closed))) uk_relation {
  UK_EQUAL = 1,
  UK_NOT_EQUAL = 2,
  UK_LESS = 3,
  UK_LESS_EQUAL = 4,
} uk_relation;

/// What xx_arithmetic computes.
///
/// The first four are for int32 and int64 and wrap around; a quotient is truncated, and division by
/// 0 gives 0. Minimum and maximum are for every `uk_dtype`: NaN if either operand is, and b of two
/// equals, so of +0 and −0.
typedef enum __attribute__((enum_extensibility(closed))) uk_arithmetic {
  UK_ADD = 1,
  UK_SUBTRACT = 2,
  UK_MULTIPLY = 3,
  UK_DIVIDE = 4,
  UK_MINIMUM = 5,
  UK_MAXIMUM = 6,
} uk_arithmetic;

/// xx_compare: `function` is a `uk_relation`. xx_arithmetic: a `uk_arithmetic`.
typedef struct uk_typed_binary_parameters {
  uk_broadcast shape;
  uint32_t dtype;  // of a and b, a uk_dtype
  uint32_t function;
  uint32_t reserved[2];
} uk_typed_binary_parameters;

/// y[rows, columns] = x as another dtype. Integers wrap around; float32 is truncated towards 0 and
/// saturated, NaN giving 0; bool is whether x differs from 0.
typedef struct uk_cast_parameters {
  uint32_t rows, columns;
  uint32_t from, to;  // uk_dtype
} uk_cast_parameters;

#if !defined(__cplusplus)
_Static_assert(sizeof(uk_pad_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_transpose_parameters) == 48, "stored layout");
_Static_assert(sizeof(uk_copy_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_strided_copy_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_gather_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_gather_nd_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_select_parameters) == 80, "stored layout");
_Static_assert(sizeof(uk_typed_binary_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_cast_parameters) == 16, "stored layout");
#endif

#endif
