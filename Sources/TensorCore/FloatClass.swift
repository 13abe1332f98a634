// SPDX-License-Identifier: Apache-2.0

/// The rounding of float32 multiply-adds in a program; see docs/architecture.md, "Same bits".
///
/// The raw values are stored in program files and never reused.
package enum FloatClass: UInt32, Sendable {
  /// One rounding, by the FMA instruction: AVX2 and up, ARMv7 with VFPv4, ARMv8.
  case fma = 1
  /// A multiply and an add, each rounded: every CPU.
  case muladd = 2
}
