// SPDX-License-Identifier: Apache-2.0

/// Places every buffer of a problem in an arena as small as a bounded search finds.
///
/// In order: a step order with a low peak, outputs on the bytes of dying inputs, offsets. A pure
/// function: the same problem and options give the same plan, on any machine. `verifyPlan(_:for:)`
/// checks the result without sharing any of this code.
package func planMemory(
  _ problem: PlanningProblem, options: PlanningOptions = PlanningOptions()
) -> MemoryPlan {
  let planner = MemoryPlanner(problem, options)
  return planner.plan(of: planner.bestDraft())
}

/// The stages of planning on one problem.
private struct MemoryPlanner {
  /// An order with its overwrites and a placement of them.
  struct Draft {
    let order: [Int]
    let shared: SharedBytes
    let placement: PlacementProblem
    var starts: [Int]
    var arenaBytes: Int
    var isProvenMinimal: Bool

    var hasGap: Bool { arenaBytes > placement.lowerBoundBytes }
  }

  /// The most overwrites that are tried one by one for whether the plan is better without, and the
  /// share of `comparedPairs` that each trial gets.
  private static let withdrawalLimit = 32
  private static let withdrawalShare = 16

  let problem: PlanningProblem
  let options: PlanningOptions
  let cells: ByteCells

  init(_ problem: PlanningProblem, _ options: PlanningOptions) {
    self.problem = problem
    self.options = options
    cells = ByteCells(problem)
  }

  /// The smallest draft of all orders tried: the given one, then one with a lower peak, then, while
  /// there is a gap, others with as low a peak.
  func bestDraft() -> Draft {
    let given = Array(problem.steps.indices)
    var best = bestDraft(of: given)
    guard options.reordersSteps else { return best }
    var search = StepOrderSearch(
      StepDependencies(problem, cells), StepFootprint(problem, cells, options: options))
    for objective in StepOrderSearch.Objective.allCases {
      // Only an order whose peak is below the best arena can lead to a smaller one.
      let order = search.bestOrder(
        objective, peakAtMost: best.arenaBytes - 1, stateLimit: options.orderStates)
      guard let order else { continue }
      let draft = bestDraft(of: order)
      if draft.arenaBytes < best.arenaBytes { best = draft }
    }
    return best
  }

  /// The smallest draft of an order; of equals the one that changes the fewest kernels.
  private func bestDraft(of order: [Int]) -> Draft {
    var best = draft(order) { !$0.overwrite.changesKernel }
    if options.changesKernels {
      let changed = draft(order) { _ in true }
      if changed.arenaBytes < best.arenaBytes { best = changed }
    }
    if best.hasGap {
      let apart = draft(order) { _ in false }
      if apart.arenaBytes < best.arenaBytes { best = apart }
    }
    return withdrawingOverwrites(best)
  }

  /// Takes back the kernel changes that save nothing and, while the bound is missed, the overwrites
  /// without which the rest fits better.
  private func withdrawingOverwrites(_ draft: Draft) -> Draft {
    var best = draft
    var admitted = Set(draft.shared.chosen)
    for choice in draft.shared.chosen.prefix(MemoryPlanner.withdrawalLimit) {
      let isChange = choice.overwrite.changesKernel
      guard isChange || best.hasGap else { continue }
      admitted.remove(choice)
      let without = self.draft(draft.order, share: MemoryPlanner.withdrawalShare) {
        admitted.contains($0)
      }
      if without.arenaBytes < best.arenaBytes
        || isChange && without.arenaBytes == best.arenaBytes
      {
        best = without
      } else {
        admitted.insert(choice)
      }
    }
    return best
  }

  /// The best placement found for an order with the overwrites that are allowed.
  private func draft(
    _ order: [Int], share: Int = 1, where isAllowed: (MemoryPlan.ChosenOverwrite) -> Bool
  ) -> Draft {
    var shared = SharedBytes(problem, cells, positions: positions(of: order))
    if options.sharesBytes { shared.chooseOverwrites(in: order, where: isAllowed) }
    let placement = PlacementProblem(shared.blocks(), positionCount: order.count)
    let workLimit = options.comparedPairs / share
    var greedy = GreedyPlacement(placement)
    greedy.improve(workLimit: workLimit)
    var draft = Draft(
      order: order, shared: shared, placement: placement, starts: greedy.offsets,
      arenaBytes: greedy.arenaBytes, isProvenMinimal: greedy.meetsBound)
    if !greedy.meetsBound {
      let exact = ExactPlacement(
        placement, offsets: greedy.offsets, arenaBytes: greedy.arenaBytes, workLimit: workLimit)
      draft.starts = exact.offsets
      draft.arenaBytes = exact.arenaBytes
      draft.isProvenMinimal = exact.isFinished
    }
    return draft
  }

  private func positions(of order: [Int]) -> [Int] {
    var positions = [Int](repeating: 0, count: order.count)
    for (position, step) in order.enumerated() { positions[step] = position }
    return positions
  }

  /// The plan that a draft describes.
  func plan(of draft: Draft) -> MemoryPlan {
    let positions = positions(of: draft.order)
    let profile = draft.placement.profile
    let naive = problem.buffers.reduce(0) { total, buffer in
      buffer.place == .arena ? total + alignedByteCount(buffer.byteCount) : total
    }
    return MemoryPlan(
      stepOrder: draft.order,
      offsets: draft.shared.offsets(of: draft.placement.blocks, starts: draft.starts),
      overwrites: draft.shared.chosen, arenaBytes: draft.arenaBytes,
      lowerBoundBytes: draft.placement.lowerBoundBytes, naiveBytes: naive,
      peakPosition: profile.firstIndex(of: draft.placement.lowerBoundBytes) ?? 0,
      intervals: cells.bufferIntervals(positions: positions),
      isProvenMinimal: draft.isProvenMinimal)
  }
}
