// SPDX-License-Identifier: Apache-2.0
// The rows of ukernels.inc as data.
#include "CKernels.h"

const uk_contract_info uk_contracts[] = {
#define UK_CONTRACT(id, name, parameters, operands) \
  {UK_CONTRACT_##name, #name, sizeof(parameters), operands},
#define UK_KERNEL(contract, variant, isa)
#include "ukernels.inc"
#undef UK_CONTRACT
#undef UK_KERNEL
};
const uint32_t uk_contract_count = sizeof uk_contracts / sizeof uk_contracts[0];

const uk_kernel_info uk_kernels[] = {
#define UK_CONTRACT(id, name, parameters, operands)
#define UK_KERNEL(contract, variant, isa) \
  {UK_CONTRACT_##contract, UK_ISA_##isa, "uk_" #contract "__" #variant, uk_##contract##__##variant},
#include "ukernels.inc"
#undef UK_CONTRACT
#undef UK_KERNEL
};
const uint32_t uk_kernel_count = sizeof uk_kernels / sizeof uk_kernels[0];
