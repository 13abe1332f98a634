// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_BENCH_H
#define THIMBLE_BENCH_H

// Times the micro-kernels one by one on the shapes of a table. A line of it names a family and
// gives numbers; the families of families.c turn these into parameters and operands of contracts.

#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

#define BENCH_MAX_NUMBERS 12
#define BENCH_MAX_CONTRACTS 4
#define BENCH_MAX_PARAMETER_BYTES 192

typedef struct bench_operand {
  uint8_t *data;
  size_t bytes;
  uint32_t rows;  // of a spatial operand; 1 for the others
} bench_operand;

/// A call: parameters and operands on one shape. The last operand is written.
typedef struct bench_case {
  char shape[96];  // the family and its numbers
  char note[64];   // where the shape comes from
  const struct bench_family *family;
  _Alignas(16) uint8_t parameters[BENCH_MAX_PARAMETER_BYTES];
  bench_operand operands[UK_MAX_OPERANDS];
  uint32_t operand_count;
  uint32_t rows;           // extent of the kernel's range
  uint64_t scratch_bytes;
  double macs;             // 0 where work is not counted in multiply-accumulates
  double unread_bytes;     // of the operands, what a run does not touch
  int is_in_place;         // the last operand lies on the first
} bench_case;

typedef void (*bench_builder)(bench_case *c, const uint32_t *n);

typedef struct bench_family {
  const char *name;
  uint32_t number_count;
  bench_builder build;
  uint16_t contracts[BENCH_MAX_CONTRACTS];  // filled up with 0
} bench_family;

extern const bench_family bench_families[];
extern const uint32_t bench_family_count;

// MARK: - For builders, in the order of the contract's operands

void bench_set_parameters(bench_case *c, const void *parameters, size_t bytes);

/// An operand of random bytes.
bench_operand *bench_bytes(bench_case *c, uint64_t count);
/// Reals between -0.5 and 0.5.
bench_operand *bench_floats(bench_case *c, uint64_t count);
/// Integers between 0 and limit - 1.
bench_operand *bench_indices(bench_case *c, uint64_t count, uint32_t limit);
bench_operand *bench_scales(bench_case *c, uint64_t count, float value);
/// A table of `uk_resize_tap` from `in` to `out` rows or columns.
void bench_taps(bench_case *c, uint32_t in, uint32_t out);
/// The output, of so many rows.
void bench_output(bench_case *c, uint64_t bytes, uint32_t rows);
/// The same on the first operand, which is no smaller.
void bench_output_in_place(bench_case *c, uint64_t bytes, uint32_t rows);

static inline uint64_t bench_padded(uint64_t count, uint64_t unit) {
  return (count + unit - 1) / unit * unit;
}

/// Requantises to the whole range around zero.
static const uk_requantize bench_int8 = {.zero_point = 3, .min = -128, .max = 127};

/// The scale that brings sums of `depth` products of random bytes to int8.
float bench_scale(double depth);

// MARK: - For main.c

/// What is wanted: `contract` is a part of a name, `isa` a name, or "best" for the kernel that the
/// engine takes; an empty one is any.
typedef struct bench_filter {
  const char *contract, *isa;
} bench_filter;

const char *bench_isa_name(uk_isa isa);

/// Whether this CPU has the instructions of the kernel.
int bench_is_runnable(const uk_kernel_info *kernel);

/// Whether the kernel computes a contract of the case's family.
int bench_computes(const uk_kernel_info *kernel, const bench_case *c);

uk_arguments bench_arguments(const bench_case *c);

/// Scratch for any of the cases.
void *bench_scratch(const bench_case *cases, uint32_t count);

/// The bytes of operands `begin ..< end`.
double bench_operand_bytes(const bench_case *c, uint32_t begin, uint32_t end);

/// Times every wanted kernel on every case and prints what it found.
void bench_time_all(const bench_case *cases, uint32_t count, bench_filter filter,
                    uint32_t round_count);

/// Compares every kernel with the scalar one on its smallest case; returns how many differ.
int bench_check_all(const bench_case *cases, uint32_t count);

// MARK: - Peaks

typedef struct bench_peak {
  const char *name;
  double per_second;  // the most seen: multiply-accumulates, or bytes
} bench_peak;

/// Measures what this CPU can do, once more; keeps the most of all calls.
const bench_peak *bench_measure_peaks(uint32_t *count);

#endif
