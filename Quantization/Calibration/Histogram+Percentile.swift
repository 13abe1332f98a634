// SPDX-License-Identifier: Apache-2.0

extension Histogram {
  /// The range without the share of all values that lies furthest out at each end.
  func range(leavingOut share: Double) -> ClosedRange<Double> {
    let allowance = Int(Double(totalCount) * share)
    let half = Self.binCount / 2
    var (low, high) = (0, Self.binCount - 1)
    var left = 0
    while low < half, left + counts[low] <= allowance {
      left += counts[low]
      low += 1
    }
    left = 0
    while high >= half, left + counts[high] <= allowance {
      left += counts[high]
      high -= 1
    }
    return Double(low - half) * binWidth...Double(high + 1 - half) * binWidth
  }
}
