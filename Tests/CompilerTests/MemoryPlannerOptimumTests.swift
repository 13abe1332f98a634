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

  /// Rectangles that fill a larger one without a hole: what a plan must find again.
  private func puzzle(seed: Int) -> PlanningProblem {
    var numbers = SeededNumbers(seed)
    var pieces = [(lines: 0...63, steps: 0...31)]
    for _ in 0..<24 {
      let index = numbers.next(0...pieces.count - 1)
      let (lines, steps) = pieces[index]
      if numbers.next(0...1) == 0, lines.count > 1 {
        let cut = numbers.next(lines.lowerBound...lines.upperBound - 1)
        pieces[index].lines = lines.lowerBound...cut
        pieces.append((cut + 1...lines.upperBound, steps))
      } else if steps.count > 1 {
        let cut = numbers.next(steps.lowerBound...steps.upperBound - 1)
        pieces[index].steps = steps.lowerBound...cut
        pieces.append((lines, cut + 1...steps.upperBound))
      }
    }
    var network = NetworkProblem()
    for piece in pieces { _ = network.tensor(piece.lines.count * 64) }
    for position in 0..<32 {
      let written = pieces.indices.filter { pieces[$0].steps.lowerBound == position }
      let read = pieces.indices.filter {
        pieces[$0].steps.upperBound == position && !written.contains($0)
      }
      network.problem.steps.append(Step(reads: read, writes: written))
    }
    return network.problem
  }

  @Test func puzzlesAreSolved() throws {
    var options = PlanningOptions()
    options.reordersSteps = false
    for seed in 1...20 {
      let problem = puzzle(seed: seed)
      let plan = planMemory(problem, options: options)
      try verifyPlan(plan, for: problem)
      #expect(plan.arenaBytes == 64 * 64, "seed \(seed)")
    }
  }

  /// Searching pays over many problems; on a single one it may take another way and lose.
  @Test func searchFindsWhatHeuristicsMiss() throws {
    var options = PlanningOptions()
    options.reordersSteps = false
    var heuristics = options
    heuristics.comparedPairs = 0
    var (searched, greedy) = (0, 0)
    for seed in 0..<200 {
      let problem = randomProblem(seed: seed, stepCount: 12)
      let plan = planMemory(problem, options: options)
      try verifyPlan(plan, for: problem)
      let quick = planMemory(problem, options: heuristics)
      try verifyPlan(quick, for: problem)
      searched += plan.arenaBytes
      greedy += quick.arenaBytes
    }
    #expect(searched < greedy)
  }
}
