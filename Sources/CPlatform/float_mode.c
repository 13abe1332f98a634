// SPDX-License-Identifier: Apache-2.0
#include "CPlatform.h"

#if defined(__x86_64__)
// MXCSR (Intel SDM volume 1, section 10.2.3): exceptions masked, round to nearest,
// flush-to-zero (bit 15), denormals-are-zero (bit 6).
static const uint64_t program_mode = 0x1F80 | 1 << 15 | 1 << 6;

uint64_t cp_float_mode(void) { return __builtin_ia32_stmxcsr(); }
static void set_float_mode(uint64_t mode) { __builtin_ia32_ldmxcsr((uint32_t)mode); }
#elif defined(__aarch64__)
// FPCR (Arm ARM, C5.2.8): flush-to-zero (bit 24), all else default.
static const uint64_t program_mode = 1 << 24;

uint64_t cp_float_mode(void) {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
static void set_float_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#elif defined(__arm__) && defined(__ARM_FP)
// FPSCR (Arm ARM, B4.1.58): flush-to-zero (bit 24), all else default.
static const uint64_t program_mode = 1 << 24;

uint64_t cp_float_mode(void) {
  uint32_t mode;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(mode));
  return mode;
}
static void set_float_mode(uint64_t mode) {
  __asm__ volatile("vmsr fpscr, %0" : : "r"((uint32_t)mode));
}
#else
// No flush mode: subnormals keep their value.
static const uint64_t program_mode = 0;

uint64_t cp_float_mode(void) { return 0; }
static void set_float_mode(uint64_t mode) { (void)mode; }
#endif

uint64_t cp_float_mode_enter(void) {
  uint64_t previous = cp_float_mode();
  set_float_mode(program_mode);
  return previous;
}

void cp_float_mode_leave(uint64_t previous) { set_float_mode(previous); }
