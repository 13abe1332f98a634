// SPDX-License-Identifier: Apache-2.0

/// How running a step changes the live bytes, whatever has run before it.
struct StepFootprint: Sendable {
  private let cells: ByteCells
  private let byteCounts: [Int]
  private let cellsOfStep: [[Int]]
  private let overwritable: [[PlanningProblem.Overwrite]]

  /// The effect of one step.
  struct Effect {
    /// Live bytes while the step runs, less those before it.
    var duringBytes: Int
    /// Live bytes after the step, less those before it.
    var afterBytes: Int
  }

  init(_ problem: PlanningProblem, _ cells: ByteCells, options: PlanningOptions) {
    self.cells = cells
    byteCounts = cells.cells.map { cell in
      // Rounding belongs to the last cell of a root.
      let isLast = cell.bytes.upperBound == problem.buffers[cell.root].byteCount
      let end = isLast ? alignedByteCount(cell.bytes.upperBound) : cell.bytes.upperBound
      return end - cell.bytes.lowerBound
    }
    var cellsOfStep = [[Int]](repeating: [], count: problem.steps.count)
    for (index, cell) in cells.cells.enumerated() where cells.isInArena[cell.root] {
      for step in cell.touchingSteps { cellsOfStep[step].append(index) }
    }
    self.cellsOfStep = cellsOfStep
    overwritable = problem.steps.map { step in
      guard options.sharesBytes else { return [] }
      return step.overwritable.filter { overwrite in
        let output = cells.cellsOfBuffer[overwrite.output]
        return (options.changesKernels || !overwrite.changesKernel)
          && cells.isInArena[overwrite.input] && cells.isInArena[overwrite.output]
          && !output.isEmpty
          && output.count <= cells.cellsOfBuffer[overwrite.input].count
      }
    }
  }

  /// The effect of `step` once the steps of `executed` have run; every overwrite that can be taken
  /// is.
  func effect(of step: Int, after executed: StepSet) -> Effect {
    var allocated = 0
    var freed = 0
    for cell in cellsOfStep[step] {
      if isUntouched(cell, executed) { allocated += byteCounts[cell] }
      if isFinished(cell, executed, by: step) { freed += byteCounts[cell] }
    }
    var saved = 0
    var used: [Int] = []
    for overwrite in overwritable[step]
    where !used.contains(overwrite.input) && !used.contains(overwrite.output) {
      let input = cells.cellsOfBuffer[overwrite.input]
      let output = cells.cellsOfBuffer[overwrite.output]
      if input.allSatisfy({ isFinished($0, executed, by: step) }),
        output.allSatisfy({ isUntouched($0, executed) })
      {
        saved += byteCounts[output].reduce(0, +)
        used += [overwrite.input, overwrite.output]
      }
    }
    return Effect(duringBytes: allocated - saved, afterBytes: allocated - freed)
  }

  private func isUntouched(_ cell: Int, _ executed: StepSet) -> Bool {
    !cells.cells[cell].touchingSteps.contains { executed.contains($0) }
  }

  private func isFinished(_ cell: Int, _ executed: StepSet, by step: Int) -> Bool {
    cells.cells[cell].touchingSteps.allSatisfy { $0 == step || executed.contains($0) }
  }
}

/// A set of steps, compact enough to keep many.
struct StepSet: Hashable, Sendable {
  private var words: [UInt64]

  init(stepCount: Int) { words = [UInt64](repeating: 0, count: (stepCount + 63) / 64) }

  func contains(_ step: Int) -> Bool { words[step / 64] >> UInt64(step % 64) & 1 == 1 }

  mutating func insert(_ step: Int) { words[step / 64] |= 1 << UInt64(step % 64) }
}
