// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "CPlatform.h"

_Static_assert(ENOMEM == 12, "cp_error_no_memory");

void *cp_allocate(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes ? bytes : 1) != 0) return NULL;
  return memset(memory, 0, bytes);
}

void cp_free(void *memory) { free(memory); }
