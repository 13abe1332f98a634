// SPDX-License-Identifier: Apache-2.0
// Times a run of a program through the C API: empty-run FILE.thimble
#include <stdio.h>
#include <time.h>

#include "thimble.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int time_runs(const thimble_program *program, uint32_t threads) {
  enum { runs = 10000, rounds = 20 };
  thimble_pool *pool = NULL;
  thimble_session *session = NULL;
  if (thimble_pool_create(threads, &pool, NULL) != THIMBLE_OK) return 1;
  const thimble_session_options options = {.pool = pool};
  if (thimble_session_create(program, &options, &session, NULL) != THIMBLE_OK) return 1;
  double best = 1;
  for (int round = 0; round < rounds; ++round) {
    const double start = now();
    for (int run = 0; run < runs; ++run) thimble_session_run(session);
    const double time = (now() - start) / runs;
    if (time < best) best = time;
  }
  printf("%u threads: %.3f us a run\n", threads, best * 1e6);
  thimble_session_free(session);
  thimble_pool_free(pool);
  return 0;
}

int main(int count, char **arguments) {
  thimble_program *program = NULL;
  if (count != 2 || thimble_program_load(arguments[1], &program, NULL) != THIMBLE_OK) return 1;
  const int status = time_runs(program, 1) + time_runs(program, 2);
  thimble_program_free(program);
  return status;
}
