// SPDX-License-Identifier: Apache-2.0
// Times kernels on the shapes of a table, or compares what they compute with the scalar kernels.
//
//   kernel-rates SHAPES check|time|peaks ROUNDS CONTRACT ISA SHAPE
//
// CONTRACT and SHAPE are parts of names, ISA is a name or `best`; an empty one is any. Prints one
// JSON object a line. tools/bench/kernels builds, calls and reads it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPlatform.h"
#include "bench.h"

#define MAX_CASES 1024

static bench_case cases[MAX_CASES];
static uint32_t case_count;
static const char *wanted_shape;

// MARK: - The table of shapes

static void add_cases(const char *name, const uint32_t *numbers, uint32_t count, const char *note) {
  int is_known = 0;
  for (uint32_t i = 0; i < bench_family_count; ++i) {
    const bench_family *family = &bench_families[i];
    if (strcmp(family->name, name) != 0) continue;
    is_known = 1;
    bench_case *c = &cases[case_count];
    int length = snprintf(c->shape, sizeof c->shape, "%s", name);
    for (uint32_t n = 0; n < count; ++n) {
      length += snprintf(c->shape + length, sizeof c->shape - (size_t)length, " %u", numbers[n]);
    }
    snprintf(c->note, sizeof c->note, "%s", note);
    if (count != family->number_count || case_count + 1 == MAX_CASES) {
      fprintf(stderr, "%s: %u numbers expected, or too many shapes\n", c->shape,
              family->number_count);
      exit(1);
    }
    if (strstr(c->shape, wanted_shape) == NULL && strstr(c->note, wanted_shape) == NULL) continue;
    c->family = family;
    family->build(c, numbers);
    ++case_count;
  }
  if (!is_known) {
    fprintf(stderr, "%s: no such family\n", name);
    exit(1);
  }
}

static void read_shapes(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  char line[256];
  while (fgets(line, sizeof line, file) != NULL) {
    char name[32];
    int place = 0;
    if (line[0] == '#' || sscanf(line, "%31s%n", name, &place) != 1) continue;
    uint32_t numbers[BENCH_MAX_NUMBERS] = {0}, count = 0;
    int length = 0;
    while (count < BENCH_MAX_NUMBERS
           && sscanf(line + place, "%u%n", &numbers[count], &length) == 1) {
      place += length;
      ++count;
    }
    line[strcspn(line, "\n")] = 0;
    while (line[place] == ' ') ++place;
    add_cases(name, numbers, count, line + place);
  }
  fclose(file);
}

static void print_peaks(void) {
  uint32_t count;
  const bench_peak *peaks = bench_measure_peaks(&count);
  for (uint32_t i = 0; i < count; ++i) {
    printf("{\"peak\": \"%s\", \"per_second\": %.4g}\n", peaks[i].name, peaks[i].per_second);
  }
}

int main(int count, char **arguments) {
  if (count != 7) {
    fputs("kernel-rates SHAPES check|time|peaks ROUNDS CONTRACT ISA SHAPE\n", stderr);
    return 2;
  }
  const char *mode = arguments[2];
  const uint32_t round_count = (uint32_t)atoi(arguments[3]);
  const bench_filter filter = {.contract = arguments[4], .isa = arguments[5]};
  wanted_shape = arguments[6];
  cp_float_mode_enter();
  if (strcmp(mode, "peaks") == 0) {
    for (uint32_t i = 0; i < round_count; ++i) bench_measure_peaks(&case_count);
    print_peaks();
    return 0;
  }
  read_shapes(arguments[1]);
  if (strcmp(mode, "check") == 0) return bench_check_all(cases, case_count) == 0 ? 0 : 1;
  bench_time_all(cases, case_count, filter, round_count);
  print_peaks();
  return 0;
}
