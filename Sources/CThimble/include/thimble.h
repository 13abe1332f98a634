// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_H
#define THIMBLE_H

// Thimble for C: load a program, make a session, run it.
//
//   thimble_program *program;
//   thimble_session *session;
//   if (thimble_program_load("model.thimble", &program, NULL) != THIMBLE_OK) return 1;
//   if (thimble_session_create(program, NULL, &session, NULL) != THIMBLE_OK) return 1;
//   size_t bytes;
//   float *input = thimble_session_input(session, 0, &bytes);
//   … fill bytes / sizeof(float) floats …
//   if (thimble_session_run(session) != THIMBLE_OK) return 1;
//   const float *output = thimble_session_output(session, 0, &bytes);
//
// All memory is taken by the functions that load and create; a run takes none and cannot fail.
// There is no global state: programs and pools may be used by any number of threads at once, a
// session by one at a time. Indices count from 0. `detail` may be null everywhere.

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// How a call ended. The numbers are never reused.
typedef enum thimble_status {
  THIMBLE_OK = 0,
  THIMBLE_STOPPED = 1,
  THIMBLE_UNBOUND_PORT = 2,

  // The file as a whole.
  THIMBLE_CANNOT_READ = 100,
  THIMBLE_OUT_OF_MEMORY = 101,
  THIMBLE_MISALIGNED_MEMORY = 102,
  THIMBLE_TRUNCATED = 103,
  THIMBLE_NOT_A_PROGRAM = 104,
  THIMBLE_NEWER_VERSION = 105,
  THIMBLE_UNKNOWN_VERSION = 106,
  THIMBLE_WRONG_SIZE = 107,
  THIMBLE_WRONG_CHECKSUM = 108,
  THIMBLE_INVALID_HEADER = 109,
  THIMBLE_ARENA_SIZE = 110,
  THIMBLE_STATE_SIZE = 111,
  THIMBLE_SCRATCH_SIZE = 112,

  // A section; `detail.section` says which.
  THIMBLE_SECTION_UNKNOWN = 200,
  THIMBLE_SECTION_OUT_OF_ORDER = 201,
  THIMBLE_SECTION_MALFORMED = 202,
  THIMBLE_SECTION_MISPLACED = 203,
  THIMBLE_SECTION_OUT_OF_BOUNDS = 204,
  THIMBLE_SECTION_DIRTY_PADDING = 205,
  THIMBLE_SECTION_WRONG_SIZE = 206,
  THIMBLE_SECTION_INVALID_TEXT = 207,
  THIMBLE_SECTION_INVALID_RECORD = 208,

  // A tensor; `detail.tensor` says which.
  THIMBLE_TENSOR_MALFORMED = 300,
  THIMBLE_TENSOR_UNKNOWN_DTYPE = 301,
  THIMBLE_TENSOR_UNKNOWN_STORAGE = 302,
  THIMBLE_TENSOR_INVALID_NAME = 303,
  THIMBLE_TENSOR_WRONG_SIZE = 304,
  THIMBLE_TENSOR_MISALIGNED = 305,
  THIMBLE_TENSOR_OUT_OF_BOUNDS = 306,
  THIMBLE_TENSOR_INVALID_QUANTIZATION = 307,

  // A step; `detail.step` says which.
  THIMBLE_STEP_MALFORMED = 400,
  THIMBLE_STEP_UNKNOWN_CONTRACT = 401,
  THIMBLE_STEP_WRONG_OPERAND_COUNT = 402,
  THIMBLE_STEP_INVALID_PARAMETER_RANGE = 403,
  THIMBLE_STEP_INVALID_PARAMETERS = 404,
  THIMBLE_STEP_WRONG_ROWS = 405,
  THIMBLE_STEP_WRONG_ROWS_PER_CHUNK = 406,
  THIMBLE_STEP_BOUNDED_EXTENT = 407,
  THIMBLE_STEP_INVALID_NAME = 408,
  THIMBLE_STEP_WRONG_FLOAT_CLASS = 409,

  // An operand of a step; `detail.step` and `detail.operand` say which.
  THIMBLE_OPERAND_NO_SUCH_TENSOR = 500,
  THIMBLE_OPERAND_TOO_SMALL = 501,
  THIMBLE_OPERAND_WRONG_DTYPE = 502,
  THIMBLE_OPERAND_NOT_CONSTANT = 503,
  THIMBLE_OPERAND_INVALID_CONTENTS = 504,
  THIMBLE_OPERAND_NOT_WRITABLE = 505,
  THIMBLE_OPERAND_OVERLAPS_OUTPUT = 506,
  THIMBLE_OPERAND_NOT_IN_PLACE = 507,

  // An entry point; `detail.entry_point` says which.
  THIMBLE_ENTRY_POINT_MALFORMED = 600,
  THIMBLE_ENTRY_POINT_TOO_MANY = 601,
  THIMBLE_ENTRY_POINT_INVALID_NAME = 602,
  THIMBLE_ENTRY_POINT_DUPLICATE_NAME = 603,
  THIMBLE_ENTRY_POINT_INVALID_STEPS = 604,
  THIMBLE_ENTRY_POINT_INVALID_PORTS = 605,
  THIMBLE_ENTRY_POINT_INVALID_PORT = 606,
  THIMBLE_ENTRY_POINT_UNBOUND_TENSOR = 607,
  THIMBLE_ENTRY_POINT_UNWRITTEN_OUTPUT = 608,

  // A session.
  THIMBLE_NO_SUCH_ENTRY_POINT = 700,
  THIMBLE_NEEDS_FMA = 701,
  THIMBLE_NO_KERNEL = 702,
  THIMBLE_TOO_LARGE = 703,
  THIMBLE_ARENA_TOO_SMALL = 704,
  THIMBLE_MISALIGNED_ARENA = 705,
  THIMBLE_NO_SUCH_PORT = 706,
  THIMBLE_WRONG_BUFFER_SIZE = 707,
  THIMBLE_NO_OWN_BUFFER = 708,
  THIMBLE_MISALIGNED_BUFFER = 709,

  // A pool of threads.
  THIMBLE_INVALID_THREAD_COUNT = 800,
  THIMBLE_CANNOT_START_THREAD = 801,

  // The call itself.
  THIMBLE_INVALID_ARGUMENT = 900,
} thimble_status;

/// Where an error is; fields that do not apply are -1.
typedef struct thimble_detail {
  int32_t section;      // the section's number in the file format
  int32_t tensor;
  int32_t step;
  int32_t operand;
  int32_t entry_point;
  int32_t port;
  int32_t system_error; // an errno
  int64_t needed;       // bytes, or the version's or the contract's number
  int64_t given;
} thimble_detail;

/// The type of a tensor's elements; the numbers are those of the file format.
typedef enum thimble_dtype {
  THIMBLE_FLOAT32 = 1,
  THIMBLE_FLOAT16 = 2,
  THIMBLE_FLOAT64 = 3,
  THIMBLE_INT8 = 4,
  THIMBLE_UINT8 = 5,
  THIMBLE_INT16 = 6,
  THIMBLE_INT32 = 7,
  THIMBLE_INT64 = 8,
  THIMBLE_BOOL = 9,
} thimble_dtype;

typedef struct thimble_program thimble_program;
typedef struct thimble_session thimble_session;
typedef struct thimble_pool thimble_pool;

/// The library's version, such as "0.1.0".
const char *_Nonnull thimble_version(void);

/// What a status means, in a sentence without a full stop.
const char *_Nonnull thimble_status_message(thimble_status status);

// MARK: - Programs

/// Maps and verifies a program file. The file must not change while the program is in use.
thimble_status thimble_program_load(const char *_Nonnull path,
                                    thimble_program *_Nullable *_Nonnull program,
                                    thimble_detail *_Nullable detail);

/// Verifies a program in memory. With `copy` 0 the memory is used in place: it must start at a
/// multiple of 64, not change, and outlive the program and its sessions.
thimble_status thimble_program_load_memory(const void *_Nonnull data, size_t bytes, int copy,
                                           thimble_program *_Nullable *_Nonnull program,
                                           thimble_detail *_Nullable detail);

/// Gives the program back. Sessions keep what they need of it until they are freed.
void thimble_program_free(thimble_program *_Nullable program);

/// The name of the model; valid until the program is freed, as all names.
const char *_Nonnull thimble_program_name(const thimble_program *_Nonnull program);

uint32_t thimble_program_entry_point_count(const thimble_program *_Nonnull program);

/// The name of an entry point, or null when there is no such entry point.
const char *_Nullable thimble_program_entry_point_name(const thimble_program *_Nonnull program,
                                                       uint32_t entry_point);

/// An input or output: a contiguous tensor, outermost axis first. real = scale · (stored −
/// zero_point); a scale of 0 means not quantised.
typedef struct thimble_port {
  const char *_Nonnull name;
  thimble_dtype dtype;
  uint32_t rank;
  uint32_t extents[8];
  float scale;
  int32_t zero_point;
  size_t bytes;
} thimble_port;

/// The number of inputs of an entry point; 0 when there is no such entry point.
uint32_t thimble_program_input_count(const thimble_program *_Nonnull program, uint32_t entry_point);
uint32_t thimble_program_output_count(const thimble_program *_Nonnull program,
                                      uint32_t entry_point);

thimble_status thimble_program_input(const thimble_program *_Nonnull program, uint32_t entry_point,
                                     uint32_t index, thimble_port *_Nonnull port);
thimble_status thimble_program_output(const thimble_program *_Nonnull program, uint32_t entry_point,
                                      uint32_t index, thimble_port *_Nonnull port);

/// The memory of one entry point, in bytes: what is used, and no more.
typedef struct thimble_memory {
  size_t constants;           // read-only, in the file; shared by all sessions
  size_t file;                // mapped or copied once
  size_t arena;               // activations, of each session
  size_t state;               // of each session
  size_t ports;               // input and output buffers, unless the caller binds others
  size_t scratch_per_thread;  // of each thread of each session
  size_t tables;              // prepared calls, of each session
  size_t stack_per_thread;    // of each thread that a pool starts
} thimble_memory;

thimble_status thimble_program_memory(const thimble_program *_Nonnull program, uint32_t entry_point,
                                      thimble_memory *_Nonnull memory);

// MARK: - Pools

/// Starts threads that sessions may share. The thread that runs a session takes part, so a pool of
/// `threads` starts one less.
thimble_status thimble_pool_create(uint32_t threads, thimble_pool *_Nullable *_Nonnull pool,
                                   thimble_detail *_Nullable detail);

/// Gives the pool back; its threads end when the last session that shares it is freed.
void thimble_pool_free(thimble_pool *_Nullable pool);

// MARK: - Sessions

/// Instruction sets that kernels are written for.
typedef enum thimble_isa {
  THIMBLE_ISA_BEST = 0,  // all that the CPU has
  THIMBLE_ISA_SCALAR = 1,
  THIMBLE_ISA_SSE41 = 2,
  THIMBLE_ISA_AVX2 = 3,
  THIMBLE_ISA_AVX512 = 4,
  THIMBLE_ISA_NEON = 5,
  THIMBLE_ISA_AVXVNNI = 6,     // AVX2 with AVX-VNNI; comes between AVX2 and AVX-512
  THIMBLE_ISA_AVX512VNNI = 7,  // AVX-512 with VNNI
} thimble_isa;

/// The choices of a session; all zero is the usual one.
typedef struct thimble_session_options {
  uint32_t entry_point;
  thimble_isa isa_limit;          // kernels of later instruction sets are not used
  thimble_pool *_Nullable pool;   // null runs on the calling thread alone
  int binds_ports;                // not 0: the session owns no buffers, every port must be bound
  void *_Nullable arena;          // null: the session makes its own; else 64-byte aligned
  size_t arena_bytes;
} thimble_session_options;

/// Makes a session; `options` may be null.
thimble_status thimble_session_create(const thimble_program *_Nonnull program,
                                      const thimble_session_options *_Nullable options,
                                      thimble_session *_Nullable *_Nonnull session,
                                      thimble_detail *_Nullable detail);
void thimble_session_free(thimble_session *_Nullable session);

/// The session's own buffer of an input, to be filled, and its size; null when there is no such
/// input, or the session owns no buffers. `bytes` may be null.
void *_Nullable thimble_session_input(thimble_session *_Nonnull session, uint32_t index,
                                      size_t *_Nullable bytes);
const void *_Nullable thimble_session_output(thimble_session *_Nonnull session, uint32_t index,
                                             size_t *_Nullable bytes);

/// Uses the caller's buffer from now on. It must be exactly as large as the port, aligned to its
/// elements, and apart from all other buffers; inputs are not written.
thimble_status thimble_session_bind_input(thimble_session *_Nonnull session, uint32_t index,
                                          const void *_Nonnull data, size_t bytes);
thimble_status thimble_session_bind_output(thimble_session *_Nonnull session, uint32_t index,
                                           void *_Nonnull data, size_t bytes);

/// Runs all steps: `THIMBLE_OK`, `THIMBLE_STOPPED` or `THIMBLE_UNBOUND_PORT`. Takes no memory; the
/// calling thread's float mode is restored.
thimble_status thimble_session_run(thimble_session *_Nonnull session);

/// From any thread: ends the current run after the step it is in, and keeps later ones from
/// starting, until `thimble_session_resume`.
void thimble_session_stop(thimble_session *_Nonnull session);
void thimble_session_resume(thimble_session *_Nonnull session);

/// Sets the state to the program's initial values.
void thimble_session_reset_state(thimble_session *_Nonnull session);

#if defined(__cplusplus)
}
#endif

#endif
