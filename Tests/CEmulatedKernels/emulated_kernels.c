// SPDX-License-Identifier: Apache-2.0
#include "CEmulatedKernels.h"

#if defined(__x86_64__)
#define EMULATED(contract)                                                                   \
  {UK_CONTRACT_##contract, UK_ISA_AVXVNNI, "uk_" #contract "__avxvnni, emulated",            \
   uk_##contract##__emulated},

void uk_s8_gemm_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_gemm_requant_add__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_f32_s8_gemm_dynamic__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_matmul_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_conv_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_conv_runs_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_conv_requant_add__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_dwconv_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);
void uk_s8_dwconv_inplace_requant__emulated(const uk_arguments *, uint32_t, uint32_t, void *);

static const uk_kernel_info kernels[] = {
    EMULATED(s8_gemm_requant) EMULATED(s8_gemm_requant_add)
    EMULATED(s8_matmul_requant) EMULATED(f32_s8_gemm_dynamic)
    EMULATED(s8_conv_requant) EMULATED(s8_conv_requant_add)
    EMULATED(s8_conv_runs_requant)
    EMULATED(s8_dwconv_requant) EMULATED(s8_dwconv_inplace_requant)
};

const uk_kernel_info *uk_emulated_kernel_at(uint32_t index) {
  return index < sizeof kernels / sizeof kernels[0] ? &kernels[index] : 0;
}
#else
const uk_kernel_info *uk_emulated_kernel_at(uint32_t index) {
  (void)index;
  return 0;
}
#endif
