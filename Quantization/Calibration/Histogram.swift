// SPDX-License-Identifier: Apache-2.0

/// How often values of each size were seen; its memory does not grow with the values.
///
/// Bins of equal width lie evenly around 0. When a value falls outside, neighbouring bins are
/// joined until it fits, so no bin ever straddles 0 and none is divided.
package struct Histogram: Sendable {
  /// The number of bins, half of them for negative values.
  package static let binCount = 8192

  package private(set) var counts = [Int](repeating: 0, count: binCount)

  /// The bins cover `-limit..<limit`; 0 while nothing but zeros was seen.
  package private(set) var limit = 0.0

  /// How many values were exactly 0; they are in no bin.
  package private(set) var zeroCount = 0

  package init() {}

  package var binWidth: Double { 2 * limit / Double(Self.binCount) }

  package var totalCount: Int { counts.reduce(zeroCount, +) }

  /// The middle of a bin.
  package func center(_ bin: Int) -> Double {
    (Double(bin) + 0.5 - Double(Self.binCount / 2)) * binWidth
  }

  /// Counts finite values, none greater in magnitude than `magnitude`.
  package mutating func add(_ values: [Float], magnitude: Float) {
    grow(toHold: Double(magnitude))
    guard limit > 0 else {
      zeroCount += values.count
      return
    }
    let half = Self.binCount / 2
    let scale = Float(Double(half) / limit)
    for value in values {
      if value == 0 {
        zeroCount += 1
      } else {
        let bin = Int((value * scale).rounded(.down)) + half
        counts[min(max(bin, 0), Self.binCount - 1)] += 1
      }
    }
  }

  /// Counts what another histogram has counted.
  package mutating func add(_ other: Histogram) {
    guard other.limit > 0 else {
      zeroCount += other.zeroCount
      return
    }
    grow(toHold: other.limit)
    zeroCount += other.zeroCount
    for (bin, count) in other.counts.enumerated() where count > 0 {
      let place = Int((other.center(bin) / binWidth).rounded(.down)) + Self.binCount / 2
      counts[min(max(place, 0), Self.binCount - 1)] += count
    }
  }

  /// Limits are powers of two, so that histograms of one model join without loss, and none is so
  /// small that bins could not be told apart in float32.
  private mutating func grow(toHold magnitude: Double) {
    guard magnitude > limit else { return }
    var wider = max(limit, 0x1p-100)
    while wider < magnitude {
      if limit > 0 { joinNeighbours() }
      wider *= 2
    }
    limit = wider
  }

  /// Halves the resolution: bins at twice the distance from 0.
  private mutating func joinNeighbours() {
    var joined = [Int](repeating: 0, count: Self.binCount)
    let half = Self.binCount / 2
    for (bin, count) in counts.enumerated() where count > 0 {
      joined[(bin - half) >> 1 + half] += count
    }
    counts = joined
  }
}
