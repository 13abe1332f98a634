// SPDX-License-Identifier: Apache-2.0

/// The plan without sharing: steps in the given order, every buffer in bytes of its own.
///
/// The baseline that reports compare with, and the fallback when the planner is suspected.
package func planMemoryNaively(_ problem: PlanningProblem) -> MemoryPlan {
  let cells = ByteCells(problem)
  var offsets = [Int?](repeating: nil, count: problem.buffers.count)
  var end = 0
  for (buffer, item) in problem.buffers.enumerated() where item.place == .arena {
    offsets[buffer] = end
    end += alignedByteCount(item.byteCount)
  }
  for buffer in offsets.indices where cells.isInArena[buffer] {
    offsets[buffer] = offsets[cells.roots[buffer]].map { $0 + cells.starts[buffer] }
  }
  return MemoryPlan(
    stepOrder: Array(problem.steps.indices), offsets: offsets, overwrites: [], arenaBytes: end,
    lowerBoundBytes: end, naiveBytes: end, peakPosition: 0,
    intervals: cells.bufferIntervals(positions: Array(problem.steps.indices)),
    isProvenMinimal: false)
}
