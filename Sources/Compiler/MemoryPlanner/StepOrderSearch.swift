// SPDX-License-Identifier: Apache-2.0

/// Looks for an order of the steps with a low peak of live bytes.
///
/// Dynamic programming over the sets of steps that may have run first: two orders of one set leave
/// the same bytes live, so only the better one is kept. Sets whose peak is above a limit are
/// dropped. A step that frees no less than it allocates and does not raise
/// the peak is run at once, since delaying it never helps. Where the sets of one size are more than
/// the limit, only the most promising are kept and the result may not be optimal. Sources: Ahn et
/// al. 2020, "Ordering Chaos: Memory-Aware Scheduling of Irregularly Wired Neural Networks",
/// arXiv:2003.02369 (dynamic programming, budgets); Sethi and Ullman 1970, "The Generation of
/// Optimal Code for Arithmetic Expressions", J. ACM 17(4) (the problem).
struct StepOrderSearch {
  /// Which of two orders is better.
  enum Objective: CaseIterable {
    /// The one with the lower peak of live bytes.
    case peak
    /// The one whose live bytes, summed over all steps, are less: a low peak for free, and short
    /// lifetimes, which are easier to place.
    case sum
    /// The same with squares, which weigh crowded steps.
    case sumOfSquares
  }

  /// A set of steps that ran, and the best way known to get there.
  private struct State {
    var executed: StepSet
    var ready: [Int]
    var liveBytes: Int
    var peakBytes: Int
    /// What the objective minimises.
    var cost: Double
    /// Index into `trail`; `nil` before the first step.
    var trail: Int?
  }

  private let dependencies: StepDependencies
  private let footprint: StepFootprint
  private let stepCount: Int

  /// The steps of all states' ways, each with the index of the one before.
  private var trail: [(step: Int, before: Int?)] = []

  init(_ dependencies: StepDependencies, _ footprint: StepFootprint) {
    self.dependencies = dependencies
    self.footprint = footprint
    stepCount = dependencies.predecessors.count
  }

  /// The best order found among those whose peak is at most `limit`; `nil` when there is none.
  ///
  /// Expands about `stateLimit` states at most.
  mutating func bestOrder(
    _ objective: Objective, peakAtMost limit: Int, stateLimit: Int
  ) -> [Int]? {
    let width = max(stateLimit / max(stepCount, 1), 1)
    trail = []
    var level = [
      State(
        executed: StepSet(stepCount: stepCount),
        ready: (0..<stepCount).filter { dependencies.predecessors[$0].isEmpty },
        liveBytes: 0, peakBytes: 0, cost: 0, trail: nil)
    ]
    for _ in 0..<stepCount {
      level = nextLevel(level, objective, peakAtMost: limit)
      guard !level.isEmpty else { return nil }
      if level.count > width {
        level = Array(level.sorted(by: isMorePromising).prefix(width))
      }
    }
    return level.first.map(order)
  }

  /// All states with one more step, each set once, in a deterministic order.
  private mutating func nextLevel(
    _ level: [State], _ objective: Objective, peakAtMost limit: Int
  ) -> [State] {
    var next: [State] = []
    var indexOfSet: [StepSet: Int] = [:]
    for state in level {
      for (step, effect) in moves(from: state) {
        let during = state.liveBytes + effect.duringBytes
        guard during <= limit else { continue }
        let peak = max(state.peakBytes, during)
        let cost = cost(objective, after: state.cost, peak: peak, during: during)
        var executed = state.executed
        executed.insert(step)
        let known = indexOfSet[executed]
        if let known, next[known].cost <= cost { continue }
        trail.append((step, state.trail))
        let successor = State(
          executed: executed, ready: ready(after: step, executed, state.ready),
          liveBytes: state.liveBytes + effect.afterBytes, peakBytes: peak, cost: cost,
          trail: trail.count - 1)
        if let known {
          next[known] = successor
        } else {
          indexOfSet[executed] = next.count
          next.append(successor)
        }
      }
    }
    return next
  }

  /// The steps to try next: all that are ready, or the one that delaying never helps.
  private func moves(from state: State) -> [(step: Int, effect: StepFootprint.Effect)] {
    let moves = state.ready.map { step in
      (step: step, effect: footprint.effect(of: step, after: state.executed))
    }
    let safe = moves.first { _, effect in
      effect.afterBytes <= 0 && state.liveBytes + effect.duringBytes <= state.peakBytes
    }
    return safe.map { [$0] } ?? moves
  }

  private func cost(
    _ objective: Objective, after cost: Double, peak: Int, during: Int
  ) -> Double {
    switch objective {
    case .peak: Double(peak)
    case .sum: cost + Double(during)
    case .sumOfSquares: cost + Double(during) * Double(during)
    }
  }

  private func ready(after step: Int, _ executed: StepSet, _ ready: [Int]) -> [Int] {
    let released = dependencies.successors[step].filter { successor in
      dependencies.predecessors[successor].allSatisfy { executed.contains($0) }
    }
    return (ready.filter { $0 != step } + released).sorted()
  }

  private func isMorePromising(_ lhs: State, _ rhs: State) -> Bool {
    (lhs.cost, lhs.liveBytes, lhs.trail ?? 0) < (rhs.cost, rhs.liveBytes, rhs.trail ?? 0)
  }

  private func order(to state: State) -> [Int] {
    var steps: [Int] = []
    var index = state.trail
    while let current = index {
      steps.append(trail[current].step)
      index = trail[current].before
    }
    return steps.reversed()
  }
}
