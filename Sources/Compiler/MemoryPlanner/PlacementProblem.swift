// SPDX-License-Identifier: Apache-2.0

/// Blocks to place, with the distances that pairs of them must not have.
///
/// This is dynamic storage allocation: rectangles of fixed position in time and free position in
/// memory (Garey and Johnson 1979, problem SR2, NP-complete).
struct PlacementProblem: Sendable {
  /// The start of another block, plus any value inside the open interval, is not allowed as a
  /// start: both blocks would hold something on one byte at one position.
  struct Conflict: Sendable {
    let other: Int
    let lower: Int
    let upper: Int
  }

  let blocks: [PlacementBlock]

  /// The conflicts of each block.
  let conflicts: [[Conflict]]

  /// No placement is smaller.
  let lowerBoundBytes: Int

  /// The sum of live bytes at each position.
  let profile: [Int]

  init(_ blocks: [PlacementBlock], positionCount: Int) {
    self.blocks = blocks
    profile = liveByteProfile(of: blocks, positionCount: positionCount)
    lowerBoundBytes = profile.max() ?? 0
    var conflicts = [[Conflict]](repeating: [], count: blocks.count)
    for later in blocks.indices {
      for earlier in 0..<later where blocks[later].interval.overlaps(blocks[earlier].interval) {
        for gap in forbiddenDistances(blocks[later], blocks[earlier]) {
          conflicts[later].append(
            Conflict(other: earlier, lower: gap.lower, upper: gap.upper))
          conflicts[earlier].append(
            Conflict(other: later, lower: -gap.upper, upper: -gap.lower))
        }
      }
    }
    self.conflicts = conflicts
  }

  /// How much arena a placement takes.
  func arenaBytes(_ offsets: [Int]) -> Int {
    zip(blocks, offsets).map { $0.byteCount + $1 }.max() ?? 0
  }
}

/// The open intervals in which the start of one block less that of another must not be, ascending
/// and apart.
private func forbiddenDistances(
  _ block: PlacementBlock, _ other: PlacementBlock
) -> [(lower: Int, upper: Int)] {
  var gaps: [(lower: Int, upper: Int)] = []
  for part in block.parts {
    for otherPart in other.parts where part.interval.overlaps(otherPart.interval) {
      gaps.append(
        (
          otherPart.bytes.lowerBound - part.bytes.upperBound,
          otherPart.bytes.upperBound - part.bytes.lowerBound
        ))
    }
  }
  var merged: [(lower: Int, upper: Int)] = []
  for gap in gaps.sorted(by: { $0.lower < $1.lower }) {
    if let last = merged.last, gap.lower < last.upper {
      merged[merged.count - 1].upper = max(last.upper, gap.upper)
    } else {
      merged.append(gap)
    }
  }
  return merged
}
