// SPDX-License-Identifier: Apache-2.0
// Times kernels: rounds over all of them, so that a slow moment hits none alone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPlatform.h"
#include "bench.h"

#define MAX_RUNS 4096

/// How long a kernel runs without a break, and for how long in each round, in nanoseconds.
static const uint64_t batch_time = 20000, round_time = 1000000;

/// Whether the engine takes another kernel of the contract: the latest instruction set, and within
/// one the first.
static int has_better(const uk_kernel_info *kernel) {
  for (uint32_t i = 0; i < uk_kernel_count; ++i) {
    const uk_kernel_info *other = &uk_kernels[i];
    if (other->contract != kernel->contract || !bench_is_runnable(other)) continue;
    if (other->isa > kernel->isa || (other->isa == kernel->isa && other < kernel)) return 1;
  }
  return 0;
}

/// Without a choice of instruction set scalar kernels count only where there is no other: they are
/// slow.
static int is_wanted(const uk_kernel_info *kernel, bench_filter filter) {
  if (!bench_is_runnable(kernel)) return 0;
  if (strstr(uk_contract_find(kernel->contract)->name, filter.contract) == NULL) return 0;
  if (strcmp(filter.isa, "best") == 0) return !has_better(kernel);
  if (*filter.isa != 0) return strcmp(bench_isa_name(kernel->isa), filter.isa) == 0;
  return kernel->isa != UK_ISA_SCALAR || !has_better(kernel);
}

typedef struct timed_run {
  const bench_case *c;
  const uk_kernel_info *kernel;
  uk_arguments arguments;
  uint32_t repeats;  // calls in a batch
  double *rounds;    // nanoseconds of a call, the best of each round
} timed_run;

static timed_run runs[MAX_RUNS];

static double time_batch(const timed_run *run, void *scratch) {
  const uint64_t start = cp_clock_nanoseconds();
  for (uint32_t i = 0; i < run->repeats; ++i) {
    run->kernel->function(&run->arguments, 0, run->c->rows, scratch);
  }
  return (double)(cp_clock_nanoseconds() - start) / run->repeats;
}

/// The best of the batches of one round, after a call that warms the caches.
static double time_round(timed_run *run, void *scratch) {
  run->kernel->function(&run->arguments, 0, run->c->rows, scratch);
  if (run->repeats == 0) {
    run->repeats = 1;
    const double once = time_batch(run, scratch);
    if (once < (double)batch_time) run->repeats = 1 + (uint32_t)((double)batch_time / (once + 1));
  }
  double best = time_batch(run, scratch);
  double spent = best * run->repeats;
  while (spent + best * run->repeats < (double)round_time) {
    const double time = time_batch(run, scratch);
    spent += time * run->repeats;
    if (time < best) best = time;
  }
  return best;
}

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_run(const timed_run *run, uint32_t round_count) {
  const bench_case *c = run->c;
  const uint32_t inputs = c->operand_count - 1;
  const double read = bench_operand_bytes(c, 0, inputs);
  const double written = bench_operand_bytes(c, inputs, inputs + 1);
  const double held = read - c->unread_bytes + (c->is_in_place ? 0 : written);
  qsort(run->rounds, round_count, sizeof(double), compare_doubles);
  printf("{\"kernel\": \"%s\", \"contract\": \"%s\", \"isa\": \"%s\", \"shape\": \"%s\", "
         "\"note\": \"%s\", \"us\": %.4f, \"median_us\": %.4f, \"macs\": %.0f, "
         "\"read_bytes\": %.0f, \"written_bytes\": %.0f, \"held_bytes\": %.0f}\n",
         run->kernel->symbol, uk_contract_find(run->kernel->contract)->name,
         bench_isa_name(run->kernel->isa), c->shape, c->note, run->rounds[0] / 1e3,
         run->rounds[round_count / 2] / 1e3, c->macs, read - c->unread_bytes, written,
         held);
}

void bench_time_all(const bench_case *cases, uint32_t count, bench_filter filter,
                    uint32_t round_count) {
  uint32_t run_count = 0, peak_count;
  for (uint32_t i = 0; i < count; ++i) {
    for (uint32_t k = 0; k < uk_kernel_count; ++k) {
      const uk_kernel_info *kernel = &uk_kernels[k];
      if (!bench_computes(kernel, &cases[i]) || !is_wanted(kernel, filter)) continue;
      if (run_count == MAX_RUNS) break;
      runs[run_count++] = (timed_run){
          .c = &cases[i], .kernel = kernel, .arguments = bench_arguments(&cases[i]),
          .rounds = calloc(round_count, sizeof(double))};
    }
  }
  void *scratch = bench_scratch(cases, count);
  for (uint32_t round = 0; round < round_count; ++round) {
    bench_measure_peaks(&peak_count);
    for (uint32_t i = 0; i < run_count; ++i) runs[i].rounds[round] = time_round(&runs[i], scratch);
  }
  for (uint32_t i = 0; i < run_count; ++i) print_run(&runs[i], round_count);
}
