// SPDX-License-Identifier: Apache-2.0

/// Bytes that are placed as one: a buffer with its slices and what shares bytes with it.
///
/// In a plane of bytes against positions it is a set of rectangles at fixed distances. All bounds
/// are multiples of `MemoryPlan.alignment`: two blocks never share a line of that size.
struct PlacementBlock: Sendable {
  /// A rectangle: bytes that hold something during an interval.
  struct Part: Sendable {
    var bytes: Range<Int>
    var interval: LivenessInterval

    init(_ bytes: Range<Int>, _ interval: LivenessInterval) {
      self.bytes = bytes
      self.interval = interval
    }
  }

  let group: Int

  /// From the block's start.
  let parts: [Part]

  /// The group's byte that is the block's first.
  let groupStart: Int

  /// From the block's first byte to its last, some of which may never hold anything.
  let byteCount: Int

  /// From the first to the last position at which any part is alive.
  let interval: LivenessInterval

  /// Creates the block of a group that covers `extent`; `nil` when no part is ever alive.
  init?(group: Int, extent: Range<Int>, _ unaligned: [Part]) {
    guard let first = unaligned.map(\.interval.first).min(),
      let last = unaligned.map(\.interval.last).max()
    else { return nil }
    self.group = group
    groupStart = extent.lowerBound
    byteCount = alignedByteCount(extent.count)
    interval = LivenessInterval(first, last)
    let aligned = unaligned.map { part in
      let line = (part.bytes.lowerBound - extent.lowerBound) / MemoryPlan.alignment
      let end = alignedByteCount(part.bytes.upperBound - extent.lowerBound)
      return Part(line * MemoryPlan.alignment..<end, part.interval)
    }
    parts = PlacementBlock.merging(aligned)
  }

  /// Joins neighbours that are alive during the same interval.
  private static func merging(_ parts: [Part]) -> [Part] {
    var merged: [Part] = []
    for part in parts.sorted(by: { $0.bytes.lowerBound < $1.bytes.lowerBound }) {
      let neighbour = merged.firstIndex {
        $0.interval == part.interval && $0.bytes.upperBound >= part.bytes.lowerBound
      }
      if let neighbour {
        let bytes = merged[neighbour].bytes
        merged[neighbour].bytes =
          bytes.lowerBound..<max(bytes.upperBound, part.bytes.upperBound)
      } else {
        merged.append(part)
      }
    }
    return merged
  }

  /// How many bytes of the block hold something at a position.
  func liveBytes(at position: Int) -> Int {
    var end = 0
    var total = 0
    for part in parts where part.interval.contains(position) {
      total += max(part.bytes.upperBound - max(part.bytes.lowerBound, end), 0)
      end = max(end, part.bytes.upperBound)
    }
    return total
  }
}

/// The sum of live bytes at each position.
func liveByteProfile(of blocks: [PlacementBlock], positionCount: Int) -> [Int] {
  var profile = [Int](repeating: 0, count: positionCount)
  for block in blocks {
    for position in block.interval.first...block.interval.last {
      profile[position] += block.liveBytes(at: position)
    }
  }
  return profile
}
