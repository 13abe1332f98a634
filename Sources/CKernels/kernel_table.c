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

const uk_contract_info *uk_contract_at(uint32_t index) {
  return index < uk_contract_count ? &uk_contracts[index] : NULL;
}

const uk_kernel_info *uk_kernel_at(uint32_t index) {
  return index < uk_kernel_count ? &uk_kernels[index] : NULL;
}

const uk_contract_info *uk_contract_find(uint32_t id) {
  for (uint32_t i = 0; i < uk_contract_count; ++i) {
    if ((uint32_t)uk_contracts[i].contract == id) return &uk_contracts[i];
  }
  return NULL;
}
