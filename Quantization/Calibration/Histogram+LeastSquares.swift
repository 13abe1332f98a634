// SPDX-License-Identifier: Apache-2.0

extension Histogram {
  /// The range within another whose 256 levels have the least squared error; with a function, the
  /// least in what it makes of them, so that no levels are spent where it is flat.
  ///
  /// Each end in turn tries shares of its own, from all down to a tenth; three rounds settle. A
  /// share of the values may count as if it were a quarter greater: what was not seen may be, and
  /// how far an end should give room for it depends on how many values lie near it.
  func leastSquaresRange(
    within seen: ClosedRange<Double>, through function: ((Double) -> Double)? = nil,
    shareUnseen: Double = 0
  ) -> ClosedRange<Double> {
    func bins(stretchedBy stretch: Double, share: Double) -> [Bin] {
      counts.indices.filter { counts[$0] > 0 }.map { bin in
        let x = stretch * center(bin)
        return Bin(weight: share * Double(counts[bin]), x: x, y: function?(x) ?? x)
      }
    }
    var occupied = bins(stretchedBy: 1, share: 1 - shareUnseen)
    guard !occupied.isEmpty else { return seen }
    let stretch = shareUnseen > 0 ? Self.stretchUnseen : 1
    if shareUnseen > 0 { occupied += bins(stretchedBy: stretch, share: shareUnseen) }
    let shares = (0...60).map { stretch * (1 - 0.015 * Double($0)) }
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

  private static let stretchUnseen = 1.25

  private func best(_ candidates: [Double], _ error: (Double) -> Double) -> Double {
    var (best, least) = (candidates[0], Double.infinity)
    for candidate in candidates {
      let error = error(candidate)
      if error < least { (best, least) = (candidate, error) }
    }
    return best
  }

  /// Values near one number, and what is made of it.
  private struct Bin {
    let weight: Double
    let x: Double
    let y: Double
  }

  /// The squared error of all values, those of a bin taken to be in its middle.
  private func error(
    _ occupied: [Bin], _ low: Double, _ high: Double,
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
      sum += bin.weight * difference * difference
    }
    return sum
  }
}
