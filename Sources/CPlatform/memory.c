// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CPlatform.h"

_Static_assert(ENOMEM == 12, "cp_error_no_memory");

#if !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23  // Linux 5.14; older ones refuse it
#endif

// Blocks from here on come from fresh pages.
enum { POPULATED_BYTES = 128 * 1024 };

// Asks for all whole pages of a block at once, which costs half of what a fault for each does. What
// is refused comes by faults.
static void populate(uint8_t *memory, size_t bytes) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)memory;
  const uintptr_t first = (start + page - 1) / page * page, end = (start + bytes) / page * page;
  if (first < end) madvise(memory + (first - start), end - first, MADV_POPULATE_WRITE);
}

void *cp_allocate(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes ? bytes : 1) != 0) return NULL;
  if (bytes >= POPULATED_BYTES) populate(memory, bytes);
  return memset(memory, 0, bytes);
}

void cp_free(void *memory) { free(memory); }
