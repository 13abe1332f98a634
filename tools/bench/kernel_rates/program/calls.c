// SPDX-License-Identifier: Apache-2.0
// Kernels and cases together: which kernels run on which case, and with what arguments.
#include <string.h>

#include "CPlatform.h"
#include "bench.h"

const char *bench_isa_name(uk_isa isa) {
  static const char *names[] = {"scalar", "sse41", "avx2", "avxvnni", "avx512", "avx512vnni",
                                "neon"};
  return names[isa];
}

int bench_is_runnable(const uk_kernel_info *kernel) {
  static const uint32_t features[] = {0, CP_CPU_SSE41, CP_CPU_AVX2, CP_CPU_AVXVNNI, CP_CPU_AVX512,
                                      CP_CPU_AVX512VNNI, CP_CPU_NEON};
  const int is_fused = strstr(kernel->symbol, "_fma__") != NULL;
  const uint32_t needed = features[kernel->isa] | (is_fused ? CP_CPU_FMA : 0);
  return (cp_cpu_features() & needed) == needed;
}

uk_arguments bench_arguments(const bench_case *c) {
  uk_arguments arguments = {.parameters = c->parameters};
  for (uint32_t i = 0; i < c->operand_count; ++i) {
    const bench_operand *operand = &c->operands[i];
    arguments.operands[i] = (uk_rows){
        .data = operand->data,
        .row_bytes = (uint32_t)(operand->bytes / operand->rows),
        .ring_rows = operand->rows,
    };
  }
  return arguments;
}

int bench_computes(const uk_kernel_info *kernel, const bench_case *c) {
  for (int i = 0; i < BENCH_MAX_CONTRACTS; ++i) {
    if (c->family->contracts[i] == (uint16_t)kernel->contract) return 1;
  }
  return 0;
}

void *bench_scratch(const bench_case *cases, uint32_t count) {
  uint64_t bytes = 64;
  for (uint32_t i = 0; i < count; ++i) {
    if (cases[i].scratch_bytes > bytes) bytes = cases[i].scratch_bytes;
  }
  return cp_allocate(bytes);
}

double bench_operand_bytes(const bench_case *c, uint32_t begin, uint32_t end) {
  double bytes = 0;
  for (uint32_t i = begin; i < end; ++i) bytes += (double)c->operands[i].bytes;
  return bytes;
}
