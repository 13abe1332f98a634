// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CAllocationCounter.h"

#include <features.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(SANITIZED) || !defined(__GLIBC__)
int allocation_counter_is_compiled(void) { return 0; }
int allocation_counter_is_active(void) { return 0; }
int allocation_watch_begin(void) { return 0; }
uint64_t allocation_watch_count(int watch) { return 0 * (uint64_t)watch; }
void allocation_watch_end(int watch) { (void)watch; }
void allocation_refuse_after(int allowed) { (void)allowed; }
void thread_refuse_after(int allowed) { (void)allowed; }
#else
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

// Tests run at the same time in one process, so each watch counts for itself.
enum { WATCHES = 64 };

static _Atomic uint64_t counts[WATCHES];
static _Atomic uint32_t next_watch;
static __thread int current_watch = -1;
static __thread int allocations_left = -1;
static __thread int threads_left = -1;

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);
extern void __libc_free(void *memory);

static void count_one(void) {
  if (current_watch >= 0) atomic_fetch_add(&counts[current_watch], 1);
}

// Returns 1 when this call is to be refused.
static int is_refused(int *left) {
  if (*left < 0) return 0;
  if (*left > 0) {
    *left -= 1;
    return 0;
  }
  *left = -1;
  return 1;
}

void *malloc(size_t bytes) {
  count_one();
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  count_one();
  return __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes) {
  count_one();
  return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  count_one();
  return is_refused(&allocations_left) ? NULL : __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  void *made = memalign(alignment, bytes);
  if (!made) return ENOMEM;
  *memory = made;
  return 0;
}

typedef struct start {
  void *(*routine)(void *);
  void *argument;
  int watch;
} start;

static void *run_watched(void *argument) {
  start given = *(start *)argument;
  __libc_free(argument);
  current_watch = given.watch;
  return given.routine(given.argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *),
                   void *argument) {
  typedef int (*creator)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (is_refused(&threads_left)) return EAGAIN;
  creator create = (creator)dlsym(RTLD_NEXT, "pthread_create");
  start *given = __libc_malloc(sizeof *given);
  if (!create || !given) return EAGAIN;
  *given = (start){.routine = routine, .argument = argument, .watch = current_watch};
  int error = create(thread, attributes, run_watched, given);
  if (error) __libc_free(given);
  return error;
}

int allocation_counter_is_compiled(void) { return 1; }

int allocation_counter_is_active(void) {
  void *first = dlsym(RTLD_DEFAULT, "malloc");
  return first == (void *)malloc;
}

int allocation_watch_begin(void) {
  int watch = (int)(atomic_fetch_add(&next_watch, 1) % WATCHES);
  atomic_store(&counts[watch], 0);
  current_watch = watch;
  return watch;
}

uint64_t allocation_watch_count(int watch) { return atomic_load(&counts[watch]); }

void allocation_watch_end(int watch) {
  if (current_watch == watch) current_watch = -1;
}

void allocation_refuse_after(int allowed) { allocations_left = allowed; }
void thread_refuse_after(int allowed) { threads_left = allowed; }
#endif
