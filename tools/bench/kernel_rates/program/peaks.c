// SPDX-License-Identifier: Apache-2.0
// What this CPU can do at most: loops of independent instructions between registers, and runs
// through blocks of memory of each cache's size.
#include <string.h>

#include "CPlatform.h"
#include "bench.h"

#define BENCH_MAX_PEAKS 32

static bench_peak peaks[BENCH_MAX_PEAKS];
static uint32_t peak_count;

static void note(const char *name, double per_second) {
  uint32_t i = 0;
  while (i < peak_count && strcmp(peaks[i].name, name) != 0) ++i;
  if (i == peak_count) peaks[peak_count++].name = name;
  if (per_second > peaks[i].per_second) peaks[i].per_second = per_second;
}

#if defined(__x86_64__)

// `sums` accumulators in groups: products first, then their additions, as kernels do. With two
// factors and the products of a group they fit in the registers. `a` is the sum, `b` and `c` the
// factors, `t` the product.
#define REGISTER_LOOP(name, isa, constraint, bytes, sums, group, product, addition)         \
  __attribute__((target(isa))) static uint32_t name(uint64_t count) {                       \
    typedef float vector __attribute__((vector_size(bytes)));                               \
    vector a[sums] = {0}, b = {0}, c = {0}, t[group];                                       \
    for (uint64_t i = 0; i < count; ++i) {                                                  \
      UNROLL for (int s = 0; s < sums; s += group) {                                        \
        UNROLL for (int g = 0; g < group; ++g) {                                            \
          __asm__ volatile(product : [t] "=" constraint(t[g]), [a] "+" constraint(a[s + g]) \
                           : [b] constraint(b), [c] constraint(c));                         \
        }                                                                                   \
        UNROLL for (int g = 0; g < group; ++g) {                                            \
          __asm__ volatile(addition : [a] "+" constraint(a[s + g])                          \
                           : [t] constraint(t[g]));                                         \
        }                                                                                   \
      }                                                                                     \
    }                                                                                       \
    return sums;                                                                            \
  }
#define UNROLL _Pragma("clang loop unroll(full)")

#define MUL_128 "movaps %[b], %[t]\n mulps %[c], %[t]"
#define MADD_128 "movdqa %[b], %[t]\n pmaddwd %[c], %[t]"
#define MUL "vmulps %[b], %[c], %[t]"
#define ADD "vaddps %[t], %[a], %[a]"
#define MADD "vpmaddwd %[b], %[c], %[t]"
#define PADD "vpaddd %[t], %[a], %[a]"
#define FMA "vfmadd231ps %[b], %[c], %[a]"

REGISTER_LOOP(muladd_128, "sse4.1", "x", 16, 8, 4, MUL_128, "addps %[t], %[a]")
REGISTER_LOOP(madd_128, "sse4.1", "x", 16, 8, 4, MADD_128, "paddd %[t], %[a]")
REGISTER_LOOP(muladd_256, "avx2,fma", "x", 32, 8, 4, MUL, ADD)
REGISTER_LOOP(madd_256, "avx2,fma", "x", 32, 8, 4, MADD, PADD)
REGISTER_LOOP(muladd_512, "avx512f", "v", 64, 12, 12, MUL, ADD)
REGISTER_LOOP(madd_512, "avx512f,avx512bw", "v", 64, 12, 12, MADD, PADD)
REGISTER_LOOP(fma_256, "avx2,fma", "x", 32, 12, 1, FMA, "")
REGISTER_LOOP(fma_512, "avx512f", "v", 64, 12, 1, FMA, "")
REGISTER_LOOP(dpbusd_256_vex, "avx2,avxvnni", "x", 32, 12, 1,
              "%{vex%} vpdpbusd %[b], %[c], %[a]", "")
REGISTER_LOOP(dpbusd_256, "avx512f,avx512vl,avx512vnni", "v", 32, 12, 1,
              "vpdpbusd %[b], %[c], %[a]", "")
REGISTER_LOOP(dpbusd_512, "avx512f,avx512vnni", "v", 64, 12, 1, "vpdpbusd %[b], %[c], %[a]", "")

/// One loop: what the CPU must have for it, and its multiply-accumulates an instruction.
static const struct {
  const char *name;
  uint32_t features;
  uint32_t macs;
  uint32_t (*run)(uint64_t count);  // returns the instructions of one turn
} loops[] = {
    {"muladd 128", CP_CPU_SSE41, 4, muladd_128},
    {"muladd 256", CP_CPU_AVX2, 8, muladd_256},
    {"muladd 512", CP_CPU_AVX512, 16, muladd_512},
    {"fma 256", CP_CPU_AVX2 | CP_CPU_FMA, 8, fma_256},
    {"fma 512", CP_CPU_AVX512, 16, fma_512},
    {"pmaddwd 128", CP_CPU_SSE41, 8, madd_128},
    {"pmaddwd 256", CP_CPU_AVX2, 16, madd_256},
    {"pmaddwd 512", CP_CPU_AVX512, 32, madd_512},
    {"vpdpbusd 256", CP_CPU_AVXVNNI, 32, dpbusd_256_vex},
    {"vpdpbusd 256", CP_CPU_AVX512VNNI, 32, dpbusd_256},
    {"vpdpbusd 512", CP_CPU_AVX512VNNI, 64, dpbusd_512},
};

static void measure_arithmetic(void) {
  const uint64_t count = 20000;
  for (size_t i = 0; i < sizeof loops / sizeof loops[0]; ++i) {
    if ((cp_cpu_features() & loops[i].features) != loops[i].features) continue;
    const uint64_t start = cp_clock_nanoseconds();
    const uint32_t instructions = loops[i].run(count);
    const uint64_t time = cp_clock_nanoseconds() - start;
    note(loops[i].name, 1e9 * (double)count * instructions * loops[i].macs / (double)time);
  }
}
#else
static void measure_arithmetic(void) {}
#endif

// MARK: - Memory

/// Half or less of the usual caches of levels 1, 2 and 3, for others use them too; then memory.
static const size_t memory_sizes[4] = {16 << 10, 256 << 10, 8 << 20, 256 << 20};

typedef uint64_t wide __attribute__((vector_size(64)));

#define MEMORY_LOOPS(suffix, attributes)                                                     \
  attributes static void read_##suffix(wide *to, const wide *from, size_t count) {           \
    wide a = {0}, b = {0}, c = {0}, d = {0};                                                 \
    for (size_t i = 0; i + 4 <= count; i += 4) {                                             \
      a |= from[i], b |= from[i + 1], c |= from[i + 2], d |= from[i + 3];                    \
    }                                                                                        \
    *to = a | b | c | d;                                                                     \
  }                                                                                          \
  attributes static void write_##suffix(wide *to, const wide *from, size_t count) {          \
    const wide value = *from;                                                                \
    for (size_t i = 0; i < count; ++i) {                                                     \
      to[i] = value;                                                                         \
      __asm__ volatile("" ::: "memory"); /* else it becomes a call of memset */              \
    }                                                                                        \
  }                                                                                          \
  attributes static void copy_##suffix(wide *to, const wide *from, size_t count) {           \
    for (size_t i = 0; i < count; ++i) {                                                     \
      to[i] = from[i];                                                                       \
      __asm__ volatile("" ::: "memory");                                                     \
    }                                                                                        \
  }

MEMORY_LOOPS(plain, )
#if defined(__x86_64__)
MEMORY_LOOPS(avx2, __attribute__((target("avx2"))))
MEMORY_LOOPS(avx512, __attribute__((target("avx512f"))))
#endif

typedef void (*memory_loop)(wide *to, const wide *from, size_t count);

/// Loops over the widest registers: reading, writing, copying.
static const memory_loop *widest_loops(void) {
  static const memory_loop plain[] = {read_plain, write_plain, copy_plain};
#if defined(__x86_64__)
  static const memory_loop avx2[] = {read_avx2, write_avx2, copy_avx2};
  static const memory_loop avx512[] = {read_avx512, write_avx512, copy_avx512};
  if (cp_cpu_features() & CP_CPU_AVX512) return avx512;
  if (cp_cpu_features() & CP_CPU_AVX2) return avx2;
#endif
  return plain;
}

/// Bytes a second of a loop over so many bytes, after one that brings them near.
static double memory_rate(memory_loop run, wide *memory, size_t bytes, int is_copy) {
  const size_t count = bytes / 64 / (is_copy ? 2 : 1);
  const size_t repeats = bytes > 1000000 ? 1 : 4000000 / bytes;
  wide *from = memory + (is_copy ? count : 0);
  run(memory, from, count);
  const uint64_t start = cp_clock_nanoseconds();
  for (size_t i = 0; i < repeats; ++i) {
    run(memory, from, count);
    __asm__ volatile("" ::: "memory");
  }
  return 1e9 * (double)(bytes * repeats) / (double)(cp_clock_nanoseconds() - start);
}

static void measure_memory(void) {
  static const char *names[4][3] = {
      {"L1 read", "L1 write", "L1 copy"},
      {"L2 read", "L2 write", "L2 copy"},
      {"L3 read", "L3 write", "L3 copy"},
      {"DRAM read", "DRAM write", "DRAM copy"},
  };
  static wide *memory;
  if (memory == NULL) memory = cp_allocate(memory_sizes[3]);
  const memory_loop *loops = widest_loops();
  for (int level = 0; level < 4; ++level) {
    for (int kind = 0; kind < 3; ++kind) {
      note(names[level][kind], memory_rate(loops[kind], memory, memory_sizes[level], kind == 2));
    }
  }
}

const bench_peak *bench_measure_peaks(uint32_t *count) {
  measure_arithmetic();
  measure_memory();
  *count = peak_count;
  return peaks;
}
