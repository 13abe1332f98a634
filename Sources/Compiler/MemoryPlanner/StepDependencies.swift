// SPDX-License-Identifier: Apache-2.0

/// Which steps must run before which others.
struct StepDependencies: Sendable {
  /// For each step those that must run before it, ascending, each once.
  let predecessors: [[Int]]

  /// For each step those that must run after it, ascending, each once.
  let successors: [[Int]]

  /// Two steps that touch the same bytes keep their order, unless both only read or both only
  /// write them.
  init(_ problem: PlanningProblem, _ cells: ByteCells) {
    struct Touch {
      let step: Int
      var reads = false
      var writes = false
    }
    var touches = [[Touch]](repeating: [], count: cells.cells.count)
    func touch(_ step: Int, _ buffer: Int, _ mark: (inout Touch) -> Void) {
      for cell in cells.cellsOfBuffer[buffer] {
        if touches[cell].last?.step != step { touches[cell].append(Touch(step: step)) }
        mark(&touches[cell][touches[cell].count - 1])
      }
    }
    for (index, step) in problem.steps.enumerated() {
      for buffer in step.reads { touch(index, buffer) { $0.reads = true } }
      for buffer in step.writes { touch(index, buffer) { $0.writes = true } }
    }
    var predecessors = [Set<Int>](repeating: [], count: problem.steps.count)
    for cell in touches {
      for (index, later) in cell.enumerated() {
        for earlier in cell[..<index]
        where earlier.writes && later.reads || earlier.reads && later.writes {
          predecessors[later.step].insert(earlier.step)
        }
      }
    }
    self.predecessors = predecessors.map { $0.sorted() }
    var successors = [[Int]](repeating: [], count: problem.steps.count)
    for (step, before) in self.predecessors.enumerated() {
      for predecessor in before { successors[predecessor].append(step) }
    }
    self.successors = successors
  }
}
