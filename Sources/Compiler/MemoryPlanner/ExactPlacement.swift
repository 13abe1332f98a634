// SPDX-License-Identifier: Apache-2.0

/// Branch and bound over which of two conflicting blocks is below the other.
///
/// A node of the search is a set of decisions "this block starts at least so far above that one";
/// every block then is as low as the decisions allow. Where two blocks still collide, one branch
/// puts the first above the second and the other the second above the first; both together lose
/// nothing, so a finished search has found the smallest arena. Sources: Carlier and Pinson 1989,
/// "An Algorithm for Solving the Job-Shop Problem", Management Science 35(2) (branching on
/// disjunctions); Moffitt 2023, "MiniMalloc", ASPLOS (exact search for this very problem).
struct ExactPlacement {
  private struct Decision {
    let upper: Int
    let lower: Int
    let distance: Int
  }

  private let problem: PlacementProblem

  /// Decisions in effect, by the block they keep up and by the block they rest on.
  private var decisions: [[Decision]]
  private var workLeft: Int

  /// The best placement known, and its size.
  private(set) var offsets: [Int]
  private(set) var arenaBytes: Int

  /// Whether the search ended by itself: `arenaBytes` is the smallest possible.
  private(set) var isFinished = false

  /// Searches for something below `arenaBytes`, visiting about `workLimit` pairs of blocks.
  init(_ problem: PlacementProblem, offsets: [Int], arenaBytes: Int, workLimit: Int) {
    self.problem = problem
    self.offsets = offsets
    self.arenaBytes = arenaBytes
    workLeft = workLimit
    decisions = [[Decision]](repeating: [], count: problem.blocks.count)
    search([Int](repeating: 0, count: problem.blocks.count))
    isFinished = workLeft > 0
  }

  private var isDone: Bool { arenaBytes <= problem.lowerBoundBytes || workLeft <= 0 }

  /// Completes the decisions in effect, of which `starts` is the lowest solution.
  private mutating func search(_ starts: [Int]) {
    guard !isDone else { return }
    guard let collision = worstCollision(starts) else {
      offsets = starts
      arenaBytes = problem.arenaBytes(starts)
      return
    }
    for decision in collision {
      guard !isDone else { return }
      decisions[decision.lower].append(decision)
      if let raised = raising(starts, by: decision) { search(raised) }
      decisions[decision.lower].removeLast()
    }
  }

  /// The collision that costs most to resolve, as its two ways out, the cheaper one first.
  private mutating func worstCollision(_ starts: [Int]) -> [Decision]? {
    var worst: (cost: Int, ways: [Decision])?
    for block in problem.blocks.indices {
      workLeft -= problem.conflicts[block].count
      for conflict in problem.conflicts[block] where conflict.other < block {
        let distance = starts[block] - starts[conflict.other]
        guard conflict.lower < distance, distance < conflict.upper else { continue }
        let above = Decision(upper: block, lower: conflict.other, distance: conflict.upper)
        let below = Decision(upper: conflict.other, lower: block, distance: -conflict.lower)
        let aboveEnd = end(above, starts)
        let belowEnd = end(below, starts)
        let cost = min(aboveEnd, belowEnd)
        if worst.map({ cost > $0.cost }) ?? true {
          worst = (cost, aboveEnd <= belowEnd ? [above, below] : [below, above])
        }
      }
    }
    return worst?.ways
  }

  /// Where the upper block of a decision would end.
  private func end(_ decision: Decision, _ starts: [Int]) -> Int {
    starts[decision.lower] + decision.distance + problem.blocks[decision.upper].byteCount
  }

  /// The lowest solution with one more decision; `nil` when it would not be an improvement.
  private mutating func raising(_ starts: [Int], by decision: Decision) -> [Int]? {
    var starts = starts
    var pending = [decision]
    while let next = pending.popLast() {
      let required = starts[next.lower] + next.distance
      guard starts[next.upper] < required else { continue }
      // Raising what the new decision rests on would go on for ever.
      guard next.upper != decision.lower else { return nil }
      guard required + problem.blocks[next.upper].byteCount < arenaBytes, workLeft > 0 else {
        return nil
      }
      starts[next.upper] = required
      workLeft -= 1 + decisions[next.upper].count
      pending += decisions[next.upper]
    }
    return starts
  }
}
