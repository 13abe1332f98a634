// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a memory plan.
///
/// Buffers and steps are indices of the problem; positions count in the plan's order.
package enum PlanError: Error, Equatable, Sendable {
  /// The order does not name every step exactly once.
  case orderIsNoPermutation
  /// A step runs before one whose bytes it needs, or whose input it destroys.
  case orderBreaksDependency(step: Int, runsBefore: Int)

  /// The plan has not one offset and one interval for each buffer.
  case bufferCount
  case offsetMissing(buffer: Int)
  /// The plan gives an arena offset to a buffer that the caller binds.
  case offsetUnexpected(buffer: Int)
  case outsideArena(buffer: Int)
  case misaligned(buffer: Int)
  /// A slice is not at its place in its parent.
  case sliceMoved(buffer: Int)

  /// The problem does not offer this overwrite, or it is chosen twice, or another is chosen for the
  /// same input or output at this step.
  case overwriteNotOffered(step: Int, input: Int, output: Int)
  /// The output does not start at the input's first byte, or is longer.
  case overwriteMisplaced(step: Int, input: Int, output: Int)

  /// A step writes a buffer on bytes that it still reads, or writes twice.
  case overlapInStep(position: Int, written: Int, other: Int)
  /// A step needs bytes of a buffer that another buffer was written over.
  case overwritten(buffer: Int, by: Int, position: Int)
  /// A step reads arena bytes that no step wrote.
  case readBeforeWritten(buffer: Int, position: Int)

  /// The stated interval is not the one from the first step that touches the buffer to the last.
  case wrongInterval(buffer: Int)
  case wrongNaiveBytes
  /// The arena is not a multiple of the alignment, or is below the stated lower bound.
  case wrongArenaBytes
}
