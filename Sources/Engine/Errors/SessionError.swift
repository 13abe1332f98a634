// SPDX-License-Identifier: Apache-2.0

/// Why a session could not be made or a buffer not be bound.
///
/// Wording for people: `SessionError+Description.swift`.
public enum SessionError: Error, Equatable, Sendable {
  /// The program has no entry point of this index.
  case noSuchEntryPoint(index: Int)
  /// The program was compiled for CPUs with fused multiply-add, which this one lacks; compile it
  /// with `--float muladd`.
  case needsFusedMultiplyAdd(step: Int)
  /// No kernel of the step's contract is for this CPU within the instruction set limit.
  case noKernel(step: Int)
  /// The session's memory cannot be had.
  case outOfMemory(byteCount: Int)
  /// The session would need more memory than can be addressed.
  case tooLarge
  /// The given arena is smaller than `Program.memory(of:)` says.
  case arenaTooSmall(needed: Int, given: Int)
  /// The given arena does not start at a multiple of 64.
  case misalignedArena
  /// The entry point has no port of this index.
  case noSuchPort(index: Int)
  /// The buffer is not exactly as large as the port.
  case wrongBufferSize(needed: Int, given: Int)
  /// The session was made without buffers of its own, and none is bound.
  case noOwnBuffer
  /// The buffer does not start at a multiple of the element's size.
  case misalignedBuffer
}
