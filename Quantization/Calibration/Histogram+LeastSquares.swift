// SPDX-License-Identifier: Apache-2.0

extension Histogram {
  /// The range within another whose 256 levels have the least squared error.
  ///
  /// Each end in turn tries shares of its own, from all down to a tenth; three rounds settle. A
  /// share of the values may count as if it were a quarter greater: what was not seen may be, and
  /// how far an end should give room for it depends on how many values lie near it.
  func leastSquaresRange(
    within seen: ClosedRange<Double>, shareUnseen: Double = 0
  ) -> ClosedRange<Double> {
    let occupied = counts.indices.filter { counts[$0] > 0 }
    guard !occupied.isEmpty else { return seen }
    let stretch = shareUnseen > 0 ? Self.stretchUnseen : 1
    let shares = (0...60).map { stretch * (1 - 0.015 * Double($0)) }
    func error(_ occupied: [Int], _ low: Double, _ high: Double) -> Double {
      let plain = self.error(occupied, low, high)
      guard shareUnseen > 0 else { return plain }
      let stretched = stretch * stretch * self.error(occupied, low / stretch, high / stretch)
      return plain + shareUnseen * (stretched - plain)
    }
    var (low, high) = (min(seen.lowerBound, 0), max(seen.upperBound, 0))
    for _ in 0..<3 {
      let before = (low, high)
      if seen.upperBound > 0 {
        high = best(shares.map { max(seen.upperBound, 0) * $0 }) { error(occupied, low, $0) }
      }
      if seen.lowerBound < 0 {
        low = best(shares.map { min(seen.lowerBound, 0) * $0 }) { error(occupied, $0, high) }
      }
      if before == (low, high) { break }
    }
    return low...high
  }

  private static let stretchUnseen = 1.25

  private func best(_ candidates: [Double], _ error: (Double) -> Double) -> Double {
    var (best, least) = (candidates[0], Double.infinity)
    for candidate in candidates {
      let error = error(candidate)
      if error < least { (best, least) = (candidate, error) }
    }
    return best
  }

  /// The squared error of all values, those of a bin taken to be in its middle.
  private func error(_ occupied: [Int], _ low: Double, _ high: Double) -> Double {
    let step = (high - low) / 255
    guard step > 0 else { return .infinity }
    // 0 is a level, as it will be.
    let lowest = (low / step).rounded(.toNearestOrEven)
    var sum = 0.0
    for bin in occupied {
      let value = center(bin)
      let level = min(max((value / step).rounded(.toNearestOrEven), lowest), lowest + 255)
      let difference = value - level * step
      sum += Double(counts[bin]) * difference * difference
    }
    return sum
  }
}
