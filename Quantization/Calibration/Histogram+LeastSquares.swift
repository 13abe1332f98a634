// SPDX-License-Identifier: Apache-2.0

extension Histogram {
  /// The range within another whose 256 levels have the least squared error; with a function, the
  /// least in what it makes of them, so that no levels are spent where it is flat.
  ///
  /// Each end in turn tries shares of its own, from all down to a tenth; three rounds settle.
  func leastSquaresRange(
    within seen: ClosedRange<Double>, through function: ((Double) -> Double)? = nil
  ) -> ClosedRange<Double> {
    let occupied = counts.indices.filter { counts[$0] > 0 }.map { bin in
      (count: Double(counts[bin]), x: center(bin), y: function?(center(bin)) ?? center(bin))
    }
    guard !occupied.isEmpty else { return seen }
    let shares = (0...60).map { 1 - 0.015 * Double($0) }
    var (low, high) = (min(seen.lowerBound, 0), max(seen.upperBound, 0))
    for _ in 0..<3 {
      let before = (low, high)
      if seen.upperBound > 0 {
        high = best(shares.map { max(seen.upperBound, 0) * $0 }) {
          error(occupied, low, $0, function)
        }
      }
      if seen.lowerBound < 0 {
        low = best(shares.map { min(seen.lowerBound, 0) * $0 }) {
          error(occupied, $0, high, function)
        }
      }
      if before == (low, high) { break }
    }
    return low...high
  }

  private func best(_ candidates: [Double], _ error: (Double) -> Double) -> Double {
    var (best, least) = (candidates[0], Double.infinity)
    for candidate in candidates {
      let error = error(candidate)
      if error < least { (best, least) = (candidate, error) }
    }
    return best
  }

  /// The squared error of all values, those of a bin taken to be in its middle.
  private func error(
    _ occupied: [(count: Double, x: Double, y: Double)], _ low: Double, _ high: Double,
    _ function: ((Double) -> Double)?
  ) -> Double {
    let step = (high - low) / 255
    guard step > 0 else { return .infinity }
    // 0 is a level, as it will be.
    let lowest = (low / step).rounded(.toNearestOrEven)
    let levels = (0...255).map { index in
      let x = (lowest + Double(index)) * step
      return function?(x) ?? x
    }
    var sum = 0.0
    for bin in occupied {
      let level = min(max((bin.x / step).rounded(.toNearestOrEven) - lowest, 0), 255)
      let difference = bin.y - levels[Int(level)]
      sum += bin.count * difference * difference
    }
    return sum
  }
}
