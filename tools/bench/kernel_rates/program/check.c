// SPDX-License-Identifier: Apache-2.0
// Compares kernels with the scalar ones, bit by bit.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/// The case of the contract with the least work.
static const bench_case *smallest_case(const uk_kernel_info *kernel, const bench_case *cases,
                                       uint32_t count) {
  const bench_case *smallest = NULL;
  double least = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const bench_case *c = &cases[i];
    const double work = c->macs + bench_operand_bytes(c, 0, c->operand_count);
    if (!bench_computes(kernel, c) || (smallest != NULL && work >= least)) continue;
    smallest = c;
    least = work;
  }
  return smallest;
}

/// Runs a kernel in two pieces and copies what it wrote; operands are left as they were.
static void run_apart(const uk_kernel_info *kernel, const bench_case *c, void *scratch,
                      uint8_t *result) {
  const uk_arguments arguments = bench_arguments(c);
  const bench_operand *output = &c->operands[c->operand_count - 1];
  uint8_t *before = malloc(output->bytes);
  memcpy(before, output->data, output->bytes);
  kernel->function(&arguments, 0, c->rows / 2, scratch);
  kernel->function(&arguments, c->rows / 2, c->rows, scratch);
  memcpy(result, output->data, output->bytes);
  memcpy(output->data, before, output->bytes);
  free(before);
}

static const uk_kernel_info *scalar_kernel(uk_contract contract) {
  for (uint32_t i = 0; i < uk_kernel_count; ++i) {
    if (uk_kernels[i].contract == contract && uk_kernels[i].isa == UK_ISA_SCALAR) {
      return &uk_kernels[i];
    }
  }
  return NULL;
}

int bench_check_all(const bench_case *cases, uint32_t count) {
  void *scratch = bench_scratch(cases, count);
  int fault_count = 0;
  for (uint32_t k = 0; k < uk_kernel_count; ++k) {
    const uk_kernel_info *kernel = &uk_kernels[k], *scalar = scalar_kernel(kernel->contract);
    const bench_case *c = smallest_case(kernel, cases, count);
    const char *fault = NULL;
    if (!bench_is_runnable(kernel)) continue;
    if (c == NULL) {
      fault = "no shape";
    } else if (kernel != scalar) {
      const size_t bytes = c->operands[c->operand_count - 1].bytes;
      uint8_t *expected = malloc(bytes), *found = malloc(bytes);
      run_apart(scalar, c, scratch, expected);
      run_apart(kernel, c, scratch, found);
      if (memcmp(expected, found, bytes) != 0) fault = "not the scalar kernel's result";
      free(expected);
      free(found);
    }
    if (fault == NULL) continue;
    printf("{\"fault\": \"%s\", \"kernel\": \"%s\", \"shape\": \"%s\"}\n", fault, kernel->symbol,
           c == NULL ? "" : c->shape);
    ++fault_count;
  }
  return fault_count;
}
