// SPDX-License-Identifier: Apache-2.0
import Compiler
import Testing

/// Every kind of fault, planted in a valid plan, is found and named.
@Suite("plan verifier")
struct MemoryPlannerFaultTests {
  /// input → a → b (may be on a) → c, with d = [c | e] whose parts are slices; d → output.
  private struct Example {
    var problem: PlanningProblem
    let input = 0, a = 1, b = 2, c = 3, d = 4, e = 5, output = 6

    init() {
      var network = NetworkProblem()
      let input = network.tensor(256, .bound)
      let a = network.step([input], 256)
      let b = network.step([a], 256, overwrites: [a])
      let c = network.tensor(128, .slice(of: 4, byteOffset: 0))
      let d = network.tensor(192)
      let e = network.tensor(64, .slice(of: d, byteOffset: 128))
      network.add([b], c)
      network.add([b], e)
      network.add([d], network.tensor(64, .bound))
      problem = network.problem
    }
  }

  private let example = Example()

  /// Expects a fault in a plan that `damage` has changed.
  private func expect(
    _ error: PlanError, sourceLocation: SourceLocation = #_sourceLocation,
    damage: (inout MemoryPlan) -> Void
  ) throws {
    var plan = planMemory(example.problem)
    try verifyPlan(plan, for: example.problem)
    damage(&plan)
    #expect(throws: error, sourceLocation: sourceLocation) {
      try verifyPlan(plan, for: example.problem)
    }
  }

  @Test func theExampleUsesAllKindsOfSharing() throws {
    let plan = planMemory(example.problem)
    #expect(plan.overwrites.count == 1)
    #expect(plan.offsets[example.a] == plan.offsets[example.b])
    #expect(plan.offsets[example.e] == plan.offsets[example.d].map { $0 + 128 })
    #expect(plan.arenaBytes == 256 + 192)
    let items = plan.items(at: 2, of: example.problem)
    #expect(items.map(\.buffer) == [example.b, example.d, example.c])
    #expect(items.map(\.sharesBytesOf) == [nil, nil, example.d])
  }

  @Test func faultsOfOrder() throws {
    try expect(.orderIsNoPermutation) { $0.stepOrder[0] = 1 }
    try expect(.orderIsNoPermutation) { $0.stepOrder.removeLast() }
    try expect(.orderBreaksDependency(step: 1, runsBefore: 0)) { $0.stepOrder.swapAt(0, 1) }
    // The output reads the whole of d, of which the last step before it writes a slice.
    try expect(.orderBreaksDependency(step: 4, runsBefore: 3)) { $0.stepOrder.swapAt(3, 4) }
  }

  @Test func anUpdateKeepsItsPlace() throws {
    var network = NetworkProblem()
    let input = network.tensor(64, .bound)
    let weight = network.tensor(64, .bound)
    let used = network.step([input, weight], 64)
    network.problem.steps.append(Step(reads: [input, weight], writes: [weight]))
    network.add([used], network.tensor(64, .bound))
    var plan = planMemory(network.problem)
    try verifyPlan(plan, for: network.problem)
    plan.stepOrder.swapAt(0, 1)
    #expect(throws: PlanError.orderBreaksDependency(step: 1, runsBefore: 0)) {
      try verifyPlan(plan, for: network.problem)
    }
  }

  @Test func faultsOfPlace() throws {
    try expect(.bufferCount) { $0.offsets.removeLast() }
    try expect(.bufferCount) { $0.intervals.append(nil) }
    try expect(.offsetMissing(buffer: example.a)) { $0.offsets[1] = nil }
    try expect(.offsetUnexpected(buffer: example.input)) { $0.offsets[0] = 0 }
    try expect(.outsideArena(buffer: example.a)) { $0.offsets[1] = $0.arenaBytes - 192 }
    try expect(.outsideArena(buffer: example.a)) { $0.offsets[1] = -64 }
    try expect(.misaligned(buffer: example.d)) { plan in
      for buffer in [3, 4, 5] { plan.offsets[buffer] = plan.offsets[buffer].map { $0 + 32 } }
      plan.arenaBytes += 64
    }
    try expect(.sliceMoved(buffer: example.e)) { $0.offsets[5] = $0.offsets[4] }
  }

  @Test func faultsOfOverwrites() throws {
    let notOffered = PlanError.overwriteNotOffered(step: 2, input: example.b, output: example.c)
    try expect(notOffered) { plan in
      plan.overwrites[0] = .init(step: 2, overwrite: Overwrite(input: 2, output: 3))
    }
    let twice = PlanError.overwriteNotOffered(step: 1, input: example.a, output: example.b)
    try expect(twice) { $0.overwrites.append($0.overwrites[0]) }
    try expect(.overwriteMisplaced(step: 1, input: example.a, output: example.b)) { plan in
      plan.arenaBytes += 256
      plan.offsets[2] = plan.arenaBytes - 256
    }
    // The bytes are shared, but no overwrite says so.
    try expect(.overlapInStep(position: 1, written: example.b, other: example.a)) { plan in
      plan.overwrites = []
    }
  }

  @Test func faultsOfContents() throws {
    // d over b: its first slice is written by the step that reads b.
    try expect(.overlapInStep(position: 2, written: example.c, other: example.b)) { plan in
      plan.offsets[3] = plan.offsets[2]
      plan.offsets[4] = plan.offsets[2]
      plan.offsets[5] = plan.offsets[2].map { $0 + 128 }
    }
  }

  @Test func aSliceOverANeededBufferIsFound() throws {
    // The first half of whole is written while a is still needed; a lies where the second half is.
    var network = NetworkProblem()
    let input = network.tensor(64, .bound)
    let a = network.step([input], 64)
    let whole = network.tensor(128)
    let halves = [0, 64].map { network.tensor(64, .slice(of: whole, byteOffset: $0)) }
    network.add([input], halves[0])
    network.add([a], network.tensor(64, .bound))
    network.add([input], halves[1])
    network.add([whole], network.tensor(64, .bound))
    var options = PlanningOptions()
    options.reordersSteps = false
    var plan = planMemory(network.problem, options: options)
    try verifyPlan(plan, for: network.problem)
    #expect(plan.arenaBytes == 128, "bytes of a slice are free until it is written")

    plan.offsets[a] = plan.offsets[halves[0]]
    #expect(throws: PlanError.overwritten(buffer: a, by: whole, position: 2)) {
      try verifyPlan(plan, for: network.problem)
    }
  }

  @Test func aReadOfNothingIsFound() {
    var network = NetworkProblem()
    network.add([network.tensor(64)], network.tensor(64, .bound))
    let plan = planMemory(network.problem)
    #expect(throws: PlanError.readBeforeWritten(buffer: 0, position: 0)) {
      try verifyPlan(plan, for: network.problem)
    }
  }

  @Test func aLaterReaderOfOverwrittenBytesIsFound() throws {
    // a is read after b was written on it.
    var network = NetworkProblem()
    let a = network.step([network.tensor(64, .bound)], 64)
    let b = network.step([a], 64, overwrites: [a])
    network.add([a, b], network.tensor(64, .bound))
    var plan = planMemory(network.problem)
    #expect(plan.overwrites.isEmpty, "a is read again")
    plan.offsets[b] = plan.offsets[a]
    plan.overwrites = [.init(step: 1, overwrite: Overwrite(input: a, output: b))]
    #expect(throws: PlanError.overwritten(buffer: a, by: b, position: 2)) {
      try verifyPlan(plan, for: network.problem)
    }
  }

  @Test func faultsOfNumbers() throws {
    try expect(.wrongInterval(buffer: example.d)) { $0.intervals[4]?.first += 1 }
    try expect(.wrongInterval(buffer: example.a)) { $0.intervals[1] = nil }
    try expect(.wrongNaiveBytes) { $0.naiveBytes += 64 }
    try expect(.wrongArenaBytes) { $0.arenaBytes += 1 }
    try expect(.wrongArenaBytes) { $0.lowerBoundBytes = $0.arenaBytes + 64 }
  }

  @Test("any moved buffer of a tight plan is found", arguments: 0..<60)
  func movedBuffers(seed: Int) throws {
    let problem = randomProblem(seed: seed, stepCount: 25)
    var options = PlanningOptions()
    options.comparedPairs = 10_000
    let plan = planMemory(problem, options: options)
    var numbers = SeededNumbers(seed)
    for _ in 0..<50 {
      let buffer = numbers.next(0...problem.buffers.count - 1)
      guard let old = plan.offsets[buffer], problem.buffers[buffer].place == .arena else {
        continue
      }
      var moved = plan
      let new = numbers.next(0...plan.arenaBytes / 64) * 64
      moved.offsets[buffer] = new
      guard new != old else { continue }
      let isAccepted = (try? verifyPlan(moved, for: problem)) != nil
      // The interval of a whole starts with its first slice; bytes of the others are free longer.
      if canBe(buffer, at: new, moved, problem, besideWholes: true) {
        #expect(isAccepted, "buffer \(buffer) at \(new)")
      }
      if isAccepted {
        #expect(
          canBe(buffer, at: new, moved, problem, besideWholes: false), "buffer \(buffer) at \(new)")
      }
    }
  }

  private func hasSlices(_ buffer: Int, _ problem: PlanningProblem) -> Bool {
    problem.buffers.contains {
      guard case .slice(of: buffer, byteOffset: _) = $0.place else { return false }
      return true
    }
  }

  /// Whether a buffer could be at an offset, by intervals alone; those with slices and overwrites
  /// may not move.
  private func canBe(
    _ buffer: Int, at offset: Int, _ plan: MemoryPlan, _ problem: PlanningProblem,
    besideWholes: Bool
  ) -> Bool {
    let isShared = plan.overwrites.contains {
      $0.overwrite.input == buffer || $0.overwrite.output == buffer
    }
    guard let interval = plan.intervals[buffer] else { return true }
    guard !hasSlices(buffer, problem), !isShared else { return false }
    let bytes = offset..<offset + problem.buffers[buffer].byteCount
    guard bytes.upperBound <= plan.arenaBytes else { return false }
    return problem.buffers.indices.allSatisfy { other in
      guard other != buffer, let otherOffset = plan.offsets[other],
        let otherInterval = plan.intervals[other], otherInterval.overlaps(interval),
        besideWholes || !hasSlices(other, problem)
      else { return true }
      let otherBytes = otherOffset..<otherOffset + problem.buffers[other].byteCount
      return !otherBytes.overlaps(bytes)
    }
  }
}
