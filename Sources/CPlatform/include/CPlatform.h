// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_CPLATFORM_H
#define THIMBLE_CPLATFORM_H

// The few system calls the engine needs, and nothing that computes. Functions that can fail return
// 0 or an errno; none of them prints, exits or keeps global state.

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// The errno for "no memory", which Swift would otherwise need libc's headers for.
static const int cp_error_no_memory = 12;

// MARK: - CPU

/// What instructions the CPU and the operating system offer; bits of `cp_cpu_features`.
typedef enum cp_cpu_feature {
  CP_CPU_SSE41 = 1 << 0,
  CP_CPU_AVX2 = 1 << 1,
  CP_CPU_FMA = 1 << 2,     // fused multiply-add in float32
  CP_CPU_AVX512 = 1 << 3,  // F, BW, VL and DQ
  CP_CPU_NEON = 1 << 4,    // Advanced SIMD; on ARMv7 with VFPv4
  CP_CPU_AVXVNNI = 1 << 5,
  CP_CPU_AVX512VNNI = 1 << 6,
} cp_cpu_feature;

uint32_t cp_cpu_features(void);

/// CPUs this process may run on, at least 1.
uint32_t cp_cpu_count(void);

/// Sets the calling thread's float mode to the one programs are defined in, round to nearest even
/// with subnormals flushed to zero, and returns the previous mode.
uint64_t cp_float_mode_enter(void);

/// Restores a mode that `cp_float_mode_enter` returned.
void cp_float_mode_leave(uint64_t previous);

/// The calling thread's float mode, for tests.
uint64_t cp_float_mode(void);

// MARK: - Memory

/// Zeroed memory aligned to 64 bytes, or null. `bytes` may be 0.
void *_Nullable cp_allocate(size_t bytes);
void cp_free(void *_Nullable memory);

// MARK: - Files

/// The bytes of a file, mapped read-only. An empty file gives null and 0 bytes.
int cp_map_file(const char *_Nonnull path, const void *_Nullable *_Nonnull data,
                size_t *_Nonnull bytes);
void cp_unmap_file(const void *_Nullable data, size_t bytes);

/// The bytes of a regular file in memory from `cp_allocate`.
int cp_read_file(const char *_Nonnull path, void *_Nullable *_Nonnull data, size_t *_Nonnull bytes);

/// Writes a file so that its name never stands for half of it: to `path.partial`, synced, renamed.
int cp_write_file(const char *_Nonnull path, const void *_Nullable data, size_t bytes);

/// Makes a folder; one that exists is fine.
int cp_make_folder(const char *_Nonnull path);

/// Writes to an open descriptor: 1 is standard output, 2 standard error.
int cp_write_descriptor(int descriptor, const void *_Nullable data, size_t bytes);

// MARK: - Process

/// Ends the process.
_Noreturn void cp_exit(int code);

/// Monotonic time in nanoseconds.
uint64_t cp_clock_nanoseconds(void);

/// The process's peak resident memory, in KiB.
uint64_t cp_peak_resident_kib(void);

/// An environment variable's value, or null.
const char *_Nullable cp_environment(const char *_Nonnull name);

/// The process's arguments, each NUL-terminated, in memory from `cp_allocate`. Embedded Swift has
/// no other way to them.
int cp_arguments(char *_Nullable *_Nonnull data, size_t *_Nonnull bytes);

// MARK: - Threads

/// Threads that wait for loops to share.
typedef struct cp_gang cp_gang;

/// One call of a shared loop's body, for the indices from `first` to below `end`. `worker` is 0 for
/// the thread that started the loop.
typedef void (*cp_gang_body)(void *_Nullable context, uint32_t first, uint32_t end,
                             uint32_t worker);

/// The most threads of a gang, the caller's included.
#define CP_GANG_MAX_THREADS 64

/// The stack of a gang's thread, in bytes.
#define CP_GANG_STACK_BYTES (128 * 1024)

/// Starts `threads - 1` threads; the thread that runs a loop is the last one.
///
/// Returns 0, `ENOMEM`, or what `pthread_create` returned, with no thread left behind.
int cp_gang_create(uint32_t threads, cp_gang *_Nullable *_Nonnull gang);

/// Stops and joins the threads. No loop may be running.
void cp_gang_free(cp_gang *_Nullable gang);

/// Says that the calling thread begins, and ends, a run that may share loops. Each such thread
/// beyond the first keeps one of the gang's out of all loops.
void cp_gang_enter(cp_gang *_Nonnull gang);
void cp_gang_leave(cp_gang *_Nonnull gang);

/// Runs `body` for ranges that hold each index below `count` once, in any order, on the caller and
/// the gang's idle threads, and returns 1 when all calls have returned; returns 0 at once, having
/// run none, when another thread is running a loop on this gang, or as many are in runs as it has
/// threads. A thread begins with the same part of every loop. The caller has entered. Gang threads
/// run in the float mode of `cp_float_mode_enter`.
int cp_gang_run(cp_gang *_Nonnull gang, uint32_t count, cp_gang_body _Nonnull body,
                void *_Nullable context);

#if defined(__cplusplus)
}
#endif

#endif
