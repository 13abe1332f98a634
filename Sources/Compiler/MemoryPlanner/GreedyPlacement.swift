// SPDX-License-Identifier: Apache-2.0

/// Places blocks one after another, each as low as those before it allow.
///
/// Sources: Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference",
/// arXiv:2001.03288 (greedy by size, greedy by breadth); Gergov 1999, "Algorithms for Compile-Time
/// Memory Optimization", SODA (the guarantees); Joslin and Clements 1999, "Squeaky Wheel
/// Optimization", JAIR 10 (`improved`).
struct GreedyPlacement {
  /// Which free gap a block takes.
  enum Fit: CaseIterable {
    /// The lowest.
    case first
    /// The one that leaves the least room, the lowest of equals.
    case best
  }

  private let problem: PlacementProblem

  /// Conflicts looked at so far: what a search costs.
  private(set) var work = 0

  /// The best placement so far, and the order and fit that gave it.
  private(set) var offsets: [Int] = []
  private(set) var arenaBytes = Int.max
  private var bestOrder: [Int] = []
  private var bestFit = Fit.first

  /// Tries every order of `candidateOrders` with every fit, up to the first that meets the bound.
  init(_ problem: PlacementProblem) {
    self.problem = problem
    for order in candidateOrders() {
      for fit in Fit.allCases where arenaBytes > problem.lowerBoundBytes {
        consider(order, fit)
      }
    }
  }

  /// Whether no placement can be smaller.
  var meetsBound: Bool { arenaBytes <= problem.lowerBoundBytes }

  /// Raises the priority of the blocks that end above the bound, again and again, until the bound
  /// is met or `workLimit` conflicts have been looked at.
  mutating func improve(workLimit: Int) {
    var order = bestOrder
    var generator = SplitMix64(seed: 1)
    while !meetsBound, work < workLimit {
      let current = place(order, bestFit)
      let troubled = order.filter { index in
        current[index] + problem.blocks[index].byteCount > problem.lowerBoundBytes
      }
      let calm = order.filter { !troubled.contains($0) }
      order = troubled + calm
      // A random swap leaves the cycles that pure reordering falls into.
      let first = Int(generator.next() % UInt64(order.count))
      let second = Int(generator.next() % UInt64(order.count))
      order.swapAt(first, second)
      if !consider(order, bestFit), generator.next() % 16 == 0 { order = bestOrder }
    }
  }

  /// Keeps the placement of an order when it is the best so far; says whether it is.
  @discardableResult
  private mutating func consider(_ order: [Int], _ fit: Fit) -> Bool {
    let placed = place(order, fit)
    let bytes = problem.arenaBytes(placed)
    guard bytes < arenaBytes else { return false }
    (offsets, arenaBytes, bestOrder, bestFit) = (placed, bytes, order, fit)
    return true
  }

  /// The blocks by size, by lifetime, by both, by conflicts, by first use and by crowded positions.
  private func candidateOrders() -> [[Int]] {
    let blocks = problem.blocks
    func descending(_ key: (Int) -> Int) -> [Int] {
      let keys = blocks.indices.map(key)
      return blocks.indices.sorted { (-keys[$0], $0) < (-keys[$1], $1) }
    }
    func duration(_ index: Int) -> Int {
      blocks[index].interval.last - blocks[index].interval.first + 1
    }
    let bySize = descending { blocks[$0].byteCount }
    return [
      bySize,
      descending { blocks[$0].byteCount * duration($0) },
      byBreadth(bySize),
      descending { index in
        problem.conflicts[index].reduce(0) { $0 + blocks[$1.other].byteCount }
      },
      descending(duration),
      descending { problem.conflicts[$0].count },
      descending { -blocks[$0].interval.first },
      descending { blocks[$0].interval.last },
    ]
  }

  /// Position by position, the most crowded first, its blocks by size.
  private func byBreadth(_ bySize: [Int]) -> [Int] {
    let positions = problem.profile.indices.sorted {
      (-problem.profile[$0], $0) < (-problem.profile[$1], $1)
    }
    var isTaken = [Bool](repeating: false, count: problem.blocks.count)
    var order: [Int] = []
    for position in positions {
      for block in bySize
      where !isTaken[block] && problem.blocks[block].interval.contains(position) {
        isTaken[block] = true
        order.append(block)
      }
    }
    return order
  }

  /// The start of each block when they are placed in `order`.
  private mutating func place(_ order: [Int], _ fit: Fit) -> [Int] {
    var offsets = [Int?](repeating: nil, count: order.count)
    var obstacles: [Range<Int>] = []
    for block in order {
      work += 1 + problem.conflicts[block].count
      obstacles.removeAll(keepingCapacity: true)
      for conflict in problem.conflicts[block] {
        guard let other = offsets[conflict.other] else { continue }
        obstacles.append(other + conflict.lower..<other + conflict.upper)
      }
      obstacles.sort { $0.lowerBound < $1.lowerBound }
      offsets[block] = GreedyPlacement.start(among: obstacles, fit)
    }
    return offsets.map { $0 ?? 0 }
  }

  /// The lowest start, or the one in the tightest gap, that is inside no obstacle; a bound of an
  /// obstacle is outside it.
  private static func start(among obstacles: [Range<Int>], _ fit: Fit) -> Int {
    var start = 0
    var best: (start: Int, room: Int)?
    for obstacle in obstacles {
      if start <= obstacle.lowerBound {
        let room = obstacle.lowerBound - start
        if fit == .first { return start }
        if best.map({ room < $0.room }) ?? true { best = (start, room) }
      }
      start = max(start, obstacle.upperBound)
    }
    return best?.start ?? start
  }
}
