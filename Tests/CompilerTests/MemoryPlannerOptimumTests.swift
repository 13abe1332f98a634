// SPDX-License-Identifier: Apache-2.0
import Compiler
import Testing

/// Tiny problems, where trying everything gives the true optimum.
@Suite("memory planner against brute force")
struct MemoryPlannerOptimumTests {
  /// Buffers of a few lines of 64 bytes, written and read by steps at random.
  private func tinyProblem(seed: Int) -> PlanningProblem {
    var numbers = SeededNumbers(seed + 1000)
    var network = NetworkProblem()
    var values = [network.tensor(64, .bound)]
    for _ in 0..<numbers.next(2...5) {
      let inputs = Set((0..<2).map { _ in values[numbers.next(0...values.count - 1)] }).sorted()
      values.append(network.step(inputs, 64 * numbers.next(1...4)))
    }
    network.add(values.suffix(2).filter { $0 > 0 }, network.tensor(64, .bound))
    return network.problem
  }

  /// First and last position of each arena buffer, by definition.
  private func intervals(_ problem: PlanningProblem, _ order: [Int]) -> [Int: ClosedRange<Int>] {
    var result: [Int: ClosedRange<Int>] = [:]
    for (position, step) in order.map({ problem.steps[$0] }).enumerated() {
      for buffer in step.reads + step.writes where problem.buffers[buffer].place == .arena {
        result[buffer] = (result[buffer]?.lowerBound ?? position)...position
      }
    }
    return result
  }

  /// The largest sum of live bytes.
  private func peak(_ problem: PlanningProblem, _ order: [Int]) -> Int {
    let intervals = intervals(problem, order)
    return order.indices.map { position in
      intervals.filter { $0.value.contains(position) }
        .reduce(0) { $0 + problem.buffers[$1.key].byteCount }
    }.max() ?? 0
  }

  /// The smallest arena over all offsets that are multiples of 64.
  private func smallestArena(_ problem: PlanningProblem, _ order: [Int]) -> Int {
    let lives = intervals(problem, order).sorted { $0.key < $1.key }
      .map { (bytes: problem.buffers[$0.key].byteCount, interval: $0.value) }
    var best = lives.reduce(0) { $0 + $1.bytes }
    var offsets: [Int] = []
    func place(_ index: Int, _ arena: Int) {
      guard arena < best else { return }
      guard index < lives.count else {
        best = arena
        return
      }
      let life = lives[index]
      for offset in stride(from: 0, through: best - life.bytes, by: 64) {
        let isFree = (0..<index).allSatisfy { other in
          !lives[other].interval.overlaps(life.interval)
            || offset >= offsets[other] + lives[other].bytes
            || offsets[other] >= offset + life.bytes
        }
        guard isFree else { continue }
        offsets.append(offset)
        place(index + 1, max(arena, offset + life.bytes))
        offsets.removeLast()
      }
    }
    place(0, 0)
    return best
  }

  /// All orders in which every buffer is written before it is read.
  private func orders(_ problem: PlanningProblem) -> [[Int]] {
    var orders: [[Int]] = []
    func extend(_ order: [Int]) {
      if order.count == problem.steps.count { orders.append(order) }
      for step in problem.steps.indices where !order.contains(step) {
        let isReady = problem.steps[step].reads.allSatisfy { read in
          problem.steps.indices.allSatisfy {
            !problem.steps[$0].writes.contains(read) || order.contains($0)
          }
        }
        if isReady { extend(order + [step]) }
      }
    }
    extend([])
    return orders
  }

  @Test("offsets are optimal", arguments: 0..<300)
  func offsets(seed: Int) {
    let problem = tinyProblem(seed: seed)
    var options = PlanningOptions()
    options.reordersSteps = false
    options.sharesBytes = false
    let plan = planMemory(problem, options: options)
    #expect(plan.arenaBytes == smallestArena(problem, plan.stepOrder))
    #expect(plan.lowerBoundBytes == peak(problem, plan.stepOrder))
    #expect(plan.isProvenMinimal)
  }

  @Test("orders are optimal", arguments: 0..<300)
  func orders(seed: Int) {
    let problem = tinyProblem(seed: seed)
    let all = orders(problem)
    let plan = planMemory(problem)
    #expect(all.contains(plan.stepOrder))
    #expect(plan.lowerBoundBytes == all.map { peak(problem, $0) }.min())
    #expect(plan.arenaBytes == all.map { smallestArena(problem, $0) }.min())
  }

  /// A placement that the heuristics alone do not find, so that the exact search has work to do.
  @Test func wherePlacementIsHard() throws {
    // Rectangles of a puzzle that fills 12 lines during 8 steps without a hole.
    let pieces: [(lines: Int, first: Int, last: Int)] = [
      (5, 0, 2), (7, 0, 1), (3, 2, 4), (4, 2, 5), (6, 3, 3), (2, 3, 7), (4, 4, 7), (2, 5, 6),
      (3, 6, 7), (1, 7, 7),
    ]
    var network = NetworkProblem()
    let buffers = pieces.map { network.tensor($0.lines * 64) }
    for position in 0..<8 {
      let writes = buffers.filter { pieces[$0].first == position }
      let reads = buffers.filter { pieces[$0].last == position && !writes.contains($0) }
      network.problem.steps.append(Step(reads: reads, writes: writes))
    }
    var options = PlanningOptions()
    options.reordersSteps = false
    let plan = planMemory(network.problem, options: options)
    try verifyPlan(plan, for: network.problem)
    #expect(plan.arenaBytes == smallestArena(network.problem, plan.stepOrder))
    #expect(plan.isProvenMinimal)
  }
}
