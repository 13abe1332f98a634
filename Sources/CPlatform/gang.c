// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CPlatform.h"

// How the threads agree.
//
// `gate` holds the generation of the loop in its upper 24 bits and the threads that have joined it
// in the lower 8. An odd generation is open. Opening and closing each add one generation; the
// starter closes once no index is left, then waits until all who joined have left. A thread joins
// by adding one to an open gate with compare-and-swap, so it cannot join a loop that has closed
// meanwhile, and `body` and `context` stay valid until it leaves. Late threads never delay a loop:
// they find the gate closed.
//
// `callers` counts the threads that are in a run of their own, with or without helpers. Each beyond
// the first stands for one of the gang's threads, from the last on. A thread that is stood for
// sleeps on `callers` until one leaves: several runs keep no more threads busy than the gang has.
//
// Each thread has a portion of the indices, by its number: neighbours, and the same part of every
// loop, for what one loop writes the next reads, and it lies in the cache of who wrote it. A thread
// takes half of what is left of its portion at a time, few calls of many indices and then ever
// smaller ones; when nothing is left it takes from the others' in the same way. So threads end
// together though one came late or is slow.
//
// Who waits spins briefly, then sleeps on `gate` by futex. `sleepers` is raised before sleeping and
// read after changing the gate, both sequentially consistent: either the changer sees the sleeper
// and wakes it, or the sleeper's futex call sees the changed gate and returns.
enum { ONE_GENERATION = 1 << 8, JOINED = ONE_GENERATION - 1 };

// Longer than a step's serial part, much shorter than a scheduler tick.
enum { SPIN_NANOSECONDS = 50 * 1000, SPINS_BETWEEN_CLOCKS = 64 };

/// The indices of a thread that nobody has taken, from `next` to below `end`.
typedef struct portion {
  _Alignas(64) _Atomic uint32_t next;
  uint32_t end;
} portion;

struct cp_gang {
  _Atomic uint32_t gate;
  _Atomic uint32_t sleepers;
  _Atomic uint32_t stopping;
  _Atomic uint32_t busy;
  _Atomic uint32_t callers;
  _Atomic uint32_t replaced;  // threads that sleep because a caller stands for them
  _Alignas(64) cp_gang_body body;
  void *context;
  uint32_t threads;  // without the caller's; threads read it, so it is set before any starts
  uint32_t started;  // of those; the creator's alone
  pthread_t handles[CP_GANG_MAX_THREADS];
  portion portions[];  // of all threads, the caller's first
};

typedef struct member {
  cp_gang *gang;
  uint32_t worker;
} member;

static bool is_open(uint32_t gate) { return gate & ONE_GENERATION; }

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void sleep_while(_Atomic uint32_t *word, uint32_t seen) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void wake_all(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void wake_sleepers(cp_gang *gang) {
  if (atomic_load(&gang->sleepers) > 0) wake_all(&gang->gate);
}

/// Returns the gate once it is no longer `seen`.
static uint32_t wait_for_change(cp_gang *gang, uint32_t seen) {
  uint64_t deadline = cp_clock_nanoseconds() + SPIN_NANOSECONDS;
  do {
    for (int spin = 0; spin < SPINS_BETWEEN_CLOCKS; ++spin) {
      uint32_t gate = atomic_load(&gang->gate);
      if (gate != seen) return gate;
      pause_briefly();
    }
    // Where others take the rest of the machine, this CPU is what the awaited thread waits for.
    sched_yield();
  } while (cp_clock_nanoseconds() < deadline);
  uint32_t gate;
  atomic_fetch_add(&gang->sleepers, 1);
  while ((gate = atomic_load(&gang->gate)) == seen) sleep_while(&gang->gate, seen);
  atomic_fetch_sub(&gang->sleepers, 1);
  return gate;
}

/// Whether one of so many callers stands for a thread of the gang.
static bool is_replaced(const cp_gang *gang, uint32_t worker, uint32_t callers) {
  return callers + worker > gang->threads + 1;
}

static bool may_work(cp_gang *gang, uint32_t worker) {
  return !is_replaced(gang, worker, atomic_load_explicit(&gang->callers, memory_order_relaxed));
}

/// Returns once no caller stands for the thread. `replaced` is to `callers` what `sleepers` is to
/// the gate.
static void wait_for_leave(cp_gang *gang, uint32_t worker) {
  uint32_t callers;
  atomic_fetch_add(&gang->replaced, 1);
  while (is_replaced(gang, worker, callers = atomic_load(&gang->callers))) {
    sleep_while(&gang->callers, callers);
  }
  atomic_fetch_sub(&gang->replaced, 1);
}

static uint32_t portion_count(const cp_gang *gang) { return gang->threads + 1; }

static void share_out(cp_gang *gang, uint32_t count) {
  const uint32_t portions = portion_count(gang);
  uint64_t first = 0;
  for (uint32_t i = 0; i < portions; ++i) {
    // Rounded up: the caller, who is there already, has not the smallest.
    const uint64_t end = ((uint64_t)count * (i + 1) + portions - 1) / portions;
    gang->portions[i].end = (uint32_t)end;
    atomic_store_explicit(&gang->portions[i].next, (uint32_t)first, memory_order_relaxed);
    first = end;
  }
}

static void run_portion(cp_gang *gang, portion *from, uint32_t worker) {
  uint32_t first = atomic_load_explicit(&from->next, memory_order_relaxed);
  while (first < from->end && (worker == 0 || may_work(gang, worker))) {
    const uint32_t end = first + (from->end - first + 1) / 2;
    if (atomic_compare_exchange_weak_explicit(&from->next, &first, end, memory_order_relaxed,
                                              memory_order_relaxed)) {
      gang->body(gang->context, first, end, worker);
      first = atomic_load_explicit(&from->next, memory_order_relaxed);
    }
  }
}

static void run_indices(cp_gang *gang, uint32_t worker) {
  const uint32_t portions = portion_count(gang);
  for (uint32_t i = 0; i < portions; ++i) {
    run_portion(gang, &gang->portions[(worker + i) % portions], worker);
  }
}

static void leave(cp_gang *gang) {
  uint32_t before = atomic_fetch_sub(&gang->gate, 1);
  if (!is_open(before) && (before & JOINED) == 1) wake_sleepers(gang);
}

static void *run_member(void *argument) {
  member *self = argument;
  cp_gang *gang = self->gang;
  uint32_t worker = self->worker;
  cp_free(self);
  cp_float_mode_enter();
  uint32_t served = 0;  // the generation last joined; 0 is closed
  uint32_t gate = atomic_load(&gang->gate);
  while (!atomic_load(&gang->stopping)) {
    uint32_t generation = gate & ~(uint32_t)JOINED;
    if (!may_work(gang, worker)) {
      wait_for_leave(gang, worker);
      gate = atomic_load(&gang->gate);
    } else if (!is_open(gate) || generation == served) {
      gate = wait_for_change(gang, gate);
    } else if (atomic_compare_exchange_strong(&gang->gate, &gate, gate + 1)) {
      served = generation;
      run_indices(gang, worker);
      leave(gang);
      gate = atomic_load(&gang->gate);
    }
  }
  return NULL;
}

static int start_member(cp_gang *gang, const pthread_attr_t *attributes) {
  member *self = cp_allocate(sizeof *self);
  if (!self) return ENOMEM;
  *self = (member){.gang = gang, .worker = gang->started + 1};
  int error = pthread_create(&gang->handles[gang->started], attributes, run_member, self);
  if (error) {
    cp_free(self);
  } else {
    gang->started += 1;
  }
  return error;
}

int cp_gang_create(uint32_t threads, cp_gang **result) {
  *result = NULL;
  if (threads == 0 || threads > CP_GANG_MAX_THREADS) return EINVAL;
  cp_gang *gang = cp_allocate(sizeof *gang + threads * sizeof *gang->portions);
  if (!gang) return ENOMEM;
  gang->threads = threads - 1;
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (!error) {
    error = pthread_attr_setstacksize(&attributes, CP_GANG_STACK_BYTES);
    while (!error && gang->started < gang->threads) error = start_member(gang, &attributes);
    pthread_attr_destroy(&attributes);
  }
  if (error) {
    cp_gang_free(gang);
    return error;
  }
  *result = gang;
  return 0;
}

void cp_gang_free(cp_gang *gang) {
  if (!gang) return;
  atomic_store(&gang->stopping, 1);
  atomic_fetch_add(&gang->gate, 2 * ONE_GENERATION);
  wake_sleepers(gang);
  for (uint32_t i = 0; i < gang->started; ++i) pthread_join(gang->handles[i], NULL);
  cp_free(gang);
}

void cp_gang_enter(cp_gang *gang) { atomic_fetch_add(&gang->callers, 1); }

void cp_gang_leave(cp_gang *gang) {
  atomic_fetch_sub(&gang->callers, 1);
  if (atomic_load(&gang->replaced) > 0) wake_all(&gang->callers);
}

int cp_gang_run(cp_gang *gang, uint32_t count, cp_gang_body body, void *context) {
  if (!may_work(gang, 1) || atomic_exchange(&gang->busy, 1)) return 0;
  gang->body = body;
  gang->context = context;
  share_out(gang, count);
  atomic_fetch_add(&gang->gate, ONE_GENERATION);
  wake_sleepers(gang);
  run_indices(gang, 0);
  uint32_t gate = atomic_fetch_add(&gang->gate, ONE_GENERATION) + ONE_GENERATION;
  while (gate & JOINED) gate = wait_for_change(gang, gate);
  atomic_store(&gang->busy, 0);
  return 1;
}
