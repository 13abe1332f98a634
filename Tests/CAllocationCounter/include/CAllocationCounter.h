// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_CALLOCATIONCOUNTER_H
#define THIMBLE_CALLOCATIONCOUNTER_H

// Counts and refuses allocations and threads, by standing in front of libc's functions in the test
// executable. Not in sanitizer builds, which stand there themselves.

#include <stdint.h>

/// Whether the counter was compiled in: not in sanitizer builds.
int allocation_counter_is_compiled(void);

/// Whether this file's malloc is the one that is called.
int allocation_counter_is_active(void);

/// Starts counting the allocations of this thread, and of the threads it will start. Returns the
/// watch, to be given to the other functions.
int allocation_watch_begin(void);

/// Allocations since the watch began, by all its threads.
uint64_t allocation_watch_count(int watch);

/// Stops counting on this thread.
void allocation_watch_end(int watch);

/// Lets `allowed` more aligned allocations of this thread through and refuses the next one; a
/// negative number refuses none. Swift's own objects are not aligned allocations.
void allocation_refuse_after(int allowed);

/// Lets `allowed` more threads be started by this thread and refuses the next one; a negative
/// number refuses none.
void thread_refuse_after(int allowed);

#endif
