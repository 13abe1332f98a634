// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <sched.h>

#include "CPlatform.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

// Register state the operating system saves: XCR0 (Intel SDM volume 1, section 13.3).
static uint64_t saved_register_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

// Bits of cpuid leaves 1 and 7: Intel SDM volume 2A, table 3-8.
uint32_t cp_cpu_features(void) {
  enum { XMM_YMM = 0x6, XMM_YMM_ZMM = 0xE6 };
  uint32_t a, b, c, d, features = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  if (c & bit_SSE4_1) features |= CP_CPU_SSE41;
  if (!(c & bit_OSXSAVE) || !(c & bit_AVX)) return features;
  uint64_t saved = saved_register_state();
  if ((saved & XMM_YMM) != XMM_YMM) return features;
  if (c & bit_FMA) features |= CP_CPU_FMA;
  const uint32_t has_float16 = c & bit_F16C;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return features;
  if (has_float16 && (b & bit_AVX2)) features |= CP_CPU_AVX2;
  uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_AVX512DQ;
  if ((b & avx512) == avx512 && (saved & XMM_YMM_ZMM) == XMM_YMM_ZMM) {
    features |= CP_CPU_AVX512;
    if (c & bit_AVX512VNNI) features |= CP_CPU_AVX512VNNI;
  }
  if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bit_AVXVNNI)) {
    features |= CP_CPU_AVXVNNI;
  }
  return features;
}
#elif defined(__aarch64__)
uint32_t cp_cpu_features(void) { return CP_CPU_NEON | CP_CPU_FMA; }
#elif defined(__arm__)
#include <sys/auxv.h>

// Bits of AT_HWCAP: Linux, arch/arm/include/uapi/asm/hwcap.h.
uint32_t cp_cpu_features(void) {
  enum { HAS_NEON = 1 << 12, HAS_VFPV4 = 1 << 16 };
  unsigned long capabilities = getauxval(AT_HWCAP);
  uint32_t features = 0;
  if (capabilities & HAS_VFPV4) features |= CP_CPU_FMA;
  if ((capabilities & HAS_NEON) && (capabilities & HAS_VFPV4)) features |= CP_CPU_NEON;
  return features;
}
#else
uint32_t cp_cpu_features(void) { return 0; }
#endif

uint32_t cp_cpu_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? (uint32_t)count : 1;
}
