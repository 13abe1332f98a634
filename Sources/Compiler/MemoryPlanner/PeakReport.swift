// SPDX-License-Identifier: Apache-2.0

extension MemoryPlan {
  /// A buffer that holds something at the peak.
  package struct PeakItem: Equatable, Sendable {
    package let buffer: Int
    package let byteCount: Int
    package let offset: Int
    package let interval: LivenessInterval
    /// The buffer at the same position whose bytes it shares: a parent, or an overwritten input.
    package let sharesBytesOf: Int?
  }

  /// The buffers that hold something at `position`, the largest first; what an arena is made of.
  ///
  /// The bytes of those that share none add up to the live bytes, but for rounding.
  package func items(at position: Int, of problem: PlanningProblem) -> [PeakItem] {
    let live = liveBuffers(at: position).sorted {
      (-problem.buffers[$0].byteCount, $0) < (-problem.buffers[$1].byteCount, $1)
    }
    var items: [PeakItem] = []
    for buffer in live {
      guard let offset = offsets[buffer], let interval = intervals[buffer] else { continue }
      let byteCount = problem.buffers[buffer].byteCount
      let owner = items.first { item in
        item.offset <= offset && offset + byteCount <= item.offset + item.byteCount
      }
      items.append(
        PeakItem(
          buffer: buffer, byteCount: byteCount, offset: offset, interval: interval,
          sharesBytesOf: owner?.buffer))
    }
    return items
  }

  /// The buffers at the peak, the largest first.
  package func peakItems(of problem: PlanningProblem) -> [PeakItem] {
    items(at: peakPosition, of: problem)
  }
}
