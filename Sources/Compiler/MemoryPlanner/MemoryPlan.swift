// SPDX-License-Identifier: Apache-2.0
import Engine

/// The steps during which a buffer holds something: from the first that writes it to the last that
/// reads it, inclusive, counted in the order of execution.
package struct LivenessInterval: Hashable, Sendable {
  package var first: Int
  package var last: Int

  package init(_ first: Int, _ last: Int) {
    self.first = first
    self.last = last
  }

  package func contains(_ position: Int) -> Bool { first <= position && position <= last }

  package func overlaps(_ other: LivenessInterval) -> Bool {
    first <= other.last && other.first <= last
  }
}

/// Where every buffer of a `PlanningProblem` is, and in which order the steps run.
///
/// Made by `planMemory(_:options:)`, checked by `verifyPlan(_:for:)`. A *position* is an index into
/// `stepOrder`.
package struct MemoryPlan: Sendable {
  /// A chosen overwrite: the output of the step is on the bytes of the input.
  package struct ChosenOverwrite: Hashable, Sendable {
    package var step: Int
    package var overwrite: PlanningProblem.Overwrite

    package init(step: Int, overwrite: PlanningProblem.Overwrite) {
      self.step = step
      self.overwrite = overwrite
    }
  }

  /// The alignment of buffers, in bytes; slices, and buffers that share bytes with one, may be
  /// aligned to no more than their place in the parent.
  package static let alignment = ProgramFormat.alignment

  /// The steps of the problem in the order to run them.
  package var stepOrder: [Int]

  /// The arena offset of each buffer, in bytes; `nil` for buffers outside the arena and those that
  /// no step touches.
  package var offsets: [Int?]

  /// The overwrites in effect, by position.
  package var overwrites: [ChosenOverwrite]

  /// The size of the arena, in bytes; a multiple of `alignment`.
  package var arenaBytes: Int

  /// The largest sum of live bytes at one step, each buffer rounded up to `alignment`: no placement
  /// of these overwrites in this order is smaller.
  package var lowerBoundBytes: Int

  /// What the arena would be if no two buffers shared bytes.
  package var naiveBytes: Int

  /// The first position at which `lowerBoundBytes` bytes are live.
  package var peakPosition: Int

  /// When each buffer holds something, in positions; `nil` when no step touches it, or when it is
  /// outside the arena.
  package var intervals: [LivenessInterval?]

  /// Whether a search proved that no arena is smaller, with these overwrites in this order.
  package var isProvenMinimal: Bool

  /// How far the arena is above its lower bound, in bytes.
  package var gapBytes: Int { arenaBytes - lowerBoundBytes }

  /// The steps that must take their in-place kernel, ascending.
  package var stepsWithChangedKernel: [Int] {
    overwrites.filter(\.overwrite.changesKernel).map(\.step).sorted()
  }

  /// The buffers that hold something at a position, largest problem index last.
  package func liveBuffers(at position: Int) -> [Int] {
    intervals.indices.filter { intervals[$0]?.contains(position) ?? false }
  }
}

/// Rounds a byte count up to the plan's alignment.
package func alignedByteCount(_ byteCount: Int) -> Int {
  (byteCount + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
}
