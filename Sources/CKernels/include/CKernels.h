// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_CKERNELS_H
#define THIMBLE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "uk_parameters.h"
#include "uk_runs.h"
#include "uk_scratch.h"
#include "uk_tconv.h"
#include "uk_training_parameters.h"
#include "uk_weight_gradient.h"
#include "uk_window_gradient.h"

#if defined(__cplusplus)
extern "C" {
#endif

/// Most operands any contract takes; the size of `uk_arguments.operands`.
#define UK_MAX_OPERANDS 8

/// Where the rows of one operand are.
///
/// A spatial kernel finds row `y` of an operand at `data + (y % ring_rows) * row_bytes`. A whole
/// tensor has `ring_rows` equal to its row count, so the remainder never wraps; a streamed tensor
/// keeps only its newest `ring_rows` rows. Other kernels use `data` alone.
typedef struct uk_rows {
  uint8_t *_Nullable data;
  uint32_t row_bytes;  // bytes from one row to the next
  uint32_t ring_rows;  // rows held; never 0 for a spatial operand
} uk_rows;

/// Everything a kernel call needs but its row range. Filled once per step when a session is made.
typedef struct uk_arguments {
  uk_rows operands[UK_MAX_OPERANDS];     // in the order of the contract's row in ukernels.inc
  const void *_Nonnull parameters;       // the contract's struct of uk_parameters.h
} uk_arguments;

/// A micro-kernel: computes output rows `begin ..< end` of its contract; a matrix product of few
/// rows counts blocks of columns instead (`uk_gemm_units`).
///
/// Never allocates, never fails: the caller has verified every extent. Reads and writes nothing
/// outside its operands (no over-read, no over-write). `scratch` is 64-byte aligned, private to the
/// calling thread, and at least as large as the contract's verifier asks; its contents carry
/// nothing from one call to the next. Calls on disjoint ranges may run at the same time.
typedef void (*uk_function)(const uk_arguments *_Nonnull arguments, uint32_t begin, uint32_t end,
                            void *_Nullable scratch);

/// Instruction sets that kernels are written for, slowest first within one architecture.
typedef enum __attribute__((enum_extensibility(closed))) uk_isa {
  UK_ISA_SCALAR = 0,      // plain C; the `fma` contracts use the FMA instruction
  UK_ISA_SSE41 = 1,       // SSE4.1
  UK_ISA_AVX2 = 2,        // AVX2 and FMA
  UK_ISA_AVXVNNI = 3,     // AVX-VNNI: vpdpbusd on 256 bits
  UK_ISA_AVX512 = 4,      // AVX-512 F, BW, VL, DQ
  UK_ISA_AVX512VNNI = 5,  // the same and VNNI
  UK_ISA_NEON = 6,        // Advanced SIMD of ARMv8, or of ARMv7 with VFPv4
} uk_isa;

/// Kernel contracts. The numbers are written by hand in ukernels.inc, are stored in program files
/// and are never reused.
typedef enum __attribute__((enum_extensibility(closed))) uk_contract {
#define UK_CONTRACT(id, name, parameters, operands) UK_CONTRACT_##name = id,
#define UK_KERNEL(contract, variant, isa)
#include "ukernels.inc"
#undef UK_CONTRACT
#undef UK_KERNEL
} uk_contract;

/// What is known of a contract: a row of ukernels.inc.
typedef struct uk_contract_info {
  uk_contract contract;
  const char *_Nonnull name;
  uint32_t parameter_bytes;
  uint32_t operand_count;
} uk_contract_info;

/// One implementation of a contract: a row of ukernels.inc.
typedef struct uk_kernel_info {
  uk_contract contract;
  uk_isa isa;
  const char *_Nonnull symbol;
  uk_function _Nonnull function;
} uk_kernel_info;

/// All contracts, ordered by id.
extern const uk_contract_info uk_contracts[];
extern const uint32_t uk_contract_count;

/// All kernels of this architecture, in the order of ukernels.inc: within one contract and one
/// instruction set the first is preferred.
extern const uk_kernel_info uk_kernels[];
extern const uint32_t uk_kernel_count;

/// The contract with this id, or null: ids come from files and may be anything.
const uk_contract_info *_Nullable uk_contract_find(uint32_t id);

/// `uk_contracts[index]`, or null past the end, for Swift, which imports no unsized array.
const uk_contract_info *_Nullable uk_contract_at(uint32_t index);

/// `uk_kernels[index]`, or null past the end.
const uk_kernel_info *_Nullable uk_kernel_at(uint32_t index);

// Prototypes of every kernel.
#define UK_CONTRACT(id, name, parameters, operands)
#define UK_KERNEL(contract, variant, isa)                                              \
  void uk_##contract##__##variant(const uk_arguments *_Nonnull arguments, uint32_t begin, \
                                  uint32_t end, void *_Nullable scratch);
#include "ukernels.inc"
#undef UK_CONTRACT
#undef UK_KERNEL

#if defined(__cplusplus)
}
#endif

#endif
