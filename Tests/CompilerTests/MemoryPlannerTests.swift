// SPDX-License-Identifier: Apache-2.0
import Compiler
import Testing

@Suite("memory planner")
struct MemoryPlannerTests {
  /// Less search than by default: many random problems have a gap, which takes all there is.
  private var quick: PlanningOptions {
    var options = PlanningOptions()
    options.comparedPairs = 100_000
    options.orderStates = 10_000
    return options
  }

  @Test("random problems get valid plans", arguments: 0..<200)
  func randomProblems(seed: Int) throws {
    let problem = randomProblem(seed: seed, stepCount: 4 + seed % 40)
    try verifyPlan(planMemoryNaively(problem), for: problem)
    let plan = planMemory(problem, options: quick)
    try verifyPlan(plan, for: problem)
    #expect(plan.lowerBoundBytes <= plan.arenaBytes)
    #expect(plan.arenaBytes <= plan.naiveBytes)
  }

  @Test("every restriction is kept", arguments: 0..<40)
  func restrictions(seed: Int) throws {
    let problem = randomProblem(seed: seed, stepCount: 20)
    var options = quick
    let best = planMemory(problem, options: options)
    options.changesKernels = false
    let sameKernels = planMemory(problem, options: options)
    try verifyPlan(sameKernels, for: problem)
    #expect(sameKernels.stepsWithChangedKernel.isEmpty)
    options.reordersSteps = false
    let sameOrder = planMemory(problem, options: options)
    try verifyPlan(sameOrder, for: problem)
    #expect(sameOrder.stepOrder == Array(problem.steps.indices))
    options.sharesBytes = false
    let apart = planMemory(problem, options: options)
    try verifyPlan(apart, for: problem)
    #expect(apart.overwrites.isEmpty)
    #expect(best.arenaBytes <= apart.arenaBytes)
  }

  @Test func samePlanEveryTime() {
    for seed in 0..<20 {
      let problem = randomProblem(seed: seed, stepCount: 30)
      let plans = (0..<3).map { _ in planMemory(problem, options: quick) }
      #expect(plans.allSatisfy { $0.offsets == plans[0].offsets })
      #expect(plans.allSatisfy { $0.stepOrder == plans[0].stepOrder })
      #expect(plans.allSatisfy { $0.overwrites == plans[0].overwrites })
    }
  }

  @Test func nothingToPlan() throws {
    let empty = PlanningProblem()
    #expect(planMemory(empty).arenaBytes == 0)
    try verifyPlan(planMemory(empty), for: empty)
    var outside = NetworkProblem()
    outside.add([outside.tensor(100, .bound)], outside.tensor(100, .bound))
    #expect(planMemory(outside.problem).arenaBytes == 0)
    try verifyPlan(planMemory(outside.problem), for: outside.problem)
  }

  // MARK: - Networks

  /// Plans, verifies and expects the lower bound to be met.
  private func planWithoutGap(
    _ problem: PlanningProblem, changesKernels: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> MemoryPlan {
    var options = PlanningOptions()
    options.changesKernels = changesKernels
    let plan = planMemory(problem, options: options)
    try verifyPlan(plan, for: problem)
    #expect(plan.gapBytes == 0, sourceLocation: sourceLocation)
    #expect(plan.isProvenMinimal, sourceLocation: sourceLocation)
    return plan
  }

  @Test func mobileNetV2KeepsItsKernels() throws {
    // The 112x112x96 expansion beside the 56x56x96 depthwise output, in float32.
    let plan = try planWithoutGap(mobileNetV2(), changesKernels: false)
    #expect(plan.arenaBytes == (112 * 112 * 96 + 56 * 56 * 96) * 4)
    #expect(plan.stepsWithChangedKernel.isEmpty)
  }

  @Test func mobileNetV2ChangesOneKernel() throws {
    // The 112x112x96 expansion beside its input of 16 channels; the depthwise step that follows
    // writes on its input. No other step needs to change.
    let problem = mobileNetV2()
    let plan = try planWithoutGap(problem)
    #expect(plan.arenaBytes == (112 * 112 * 96 + 112 * 112 * 16) * 4)
    #expect(plan.stepsWithChangedKernel == [4])
    let peak = plan.peakItems(of: problem)
    #expect(peak.map(\.byteCount) == [112 * 112 * 96 * 4, 112 * 112 * 16 * 4])
    #expect(peak.allSatisfy { $0.sharesBytesOf == nil })
  }

  @Test func mobileNetV2InInt8() throws {
    _ = try planWithoutGap(mobileNetV2(elementBytes: 1))
    _ = try planWithoutGap(mobileNetV2(side: 96, elementBytes: 1))
  }

  @Test func resNet() throws {
    // The first 1x1 of 256 channels beside its shortcut of 256 and the input of 64 channels that
    // the shortcut reads: the addition itself is in place.
    let plan = try planWithoutGap(resNet50())
    #expect(plan.arenaBytes == 56 * 56 * (256 + 256 + 64) * 4)
  }

  @Test func branchesAreReordered() throws {
    let problem = inceptionLike()
    var options = PlanningOptions()
    options.reordersSteps = false
    let given = planMemory(problem, options: options)
    let plan = planMemory(problem)
    try verifyPlan(plan, for: problem)
    // Each branch is copied away as soon as it is complete. Copies cannot overwrite, so the given
    // order holds all four branches beside the whole: 256 channels and the widths of the branches.
    #expect(given.arenaBytes == 28 * 28 * (256 + 256 + 160) * 4)
    #expect(plan.arenaBytes < given.arenaBytes * 3 / 4)
  }

  @Test func aLargeGraphIsPlannedInBoundedWork() throws {
    let problem = randomProblem(seed: 7, stepCount: 600)
    try verifyPlan(planMemory(problem, options: quick), for: problem)
  }
}
