// SPDX-License-Identifier: Apache-2.0
// How far apart CPUs are: nanoseconds until one of them sees what another wrote.
//
//   cpu-distance CPU CPU
//
// Two threads take turns at one word; the best of some rounds counts.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURNS = 2000, ROUNDS = 5 };

static _Alignas(64) _Atomic int turn;

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Takes the odd turns, or the even ones.
static void take_turns(int first) {
  for (int i = first; i < TURNS; i += 2) {
    while (atomic_load_explicit(&turn, memory_order_acquire) != i) continue;
    atomic_store_explicit(&turn, i + 1, memory_order_release);
  }
}

static void *other(void *cpu) {
  pin(*(int *)cpu);
  take_turns(1);
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 3) return 1;
  int second = atoi(arguments[2]);
  pin(atoi(arguments[1]));
  double best = 1e9;
  for (int round = 0; round < ROUNDS; ++round) {
    pthread_t thread;
    atomic_store(&turn, 1);  // the other's, who tells so that it has started
    if (pthread_create(&thread, NULL, other, &second)) return 1;
    while (atomic_load(&turn) != 2) continue;
    const double start = now();
    take_turns(2);
    pthread_join(thread, NULL);
    const double time = (now() - start) / (TURNS - 2);
    if (time < best) best = time;
  }
  printf("%.1f\n", best);
  return 0;
}
