// SPDX-License-Identifier: Apache-2.0

/// A partition of numbers that grows coarser: union-find.
struct DisjointSets {
  private var parents: [Int]

  /// Every number by itself.
  init(count: Int) { parents = Array(0..<count) }

  /// The least member of a number's set.
  func representative(_ member: Int) -> Int {
    var member = member
    while parents[member] != member { member = parents[member] }
    return member
  }

  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (representative(first), representative(second))
    parents[max(a, b)] = min(a, b)
  }
}
