// SPDX-License-Identifier: Apache-2.0

/// How the range that int8 shall hold is told from what was seen.
package enum CalibrationMethod: String, Hashable, Sendable, CaseIterable {
  /// All that was seen. Source: Jacob et al. 2018, arXiv:1712.05877.
  case minMax = "minmax"

  /// The mean of the runs' extremes. Source: Jacob et al. 2018, section 3.1 (there exponential;
  /// here every run weighs the same, so the order of the samples does not matter).
  case movingAverage = "moving-average"

  /// All but one value in 10,000 at each end. Source: Wu et al. 2020, arXiv:2004.09602, section
  /// 3.2.
  case percentile

  /// The threshold that loses the least information. Source: Migacz, "8-bit Inference with
  /// TensorRT", GTC 2017.
  case entropy

  /// The range of the least squared error. Source: Nagel et al. 2021, arXiv:2106.08295, section
  /// 2.4.
  case meanSquaredError = "mse"

  /// The range of a value; it is not empty, and need not hold 0.
  ///
  /// By least squared error the range has room for what was not seen, within `attainable`: the
  /// fewer runs, the more. `nil` stands for a value of which nothing further can come. Errors are
  /// those of what the only function that reads the value makes of it.
  package func range(
    of statistics: ActivationStatistics, attainable: ClosedRange<Double>? = nil,
    readBy function: ((Double) -> Double)? = nil
  ) -> ClosedRange<Double> {
    let seen = Double(statistics.least)...Double(statistics.greatest)
    guard seen.lowerBound < seen.upperBound else { return seen }
    switch self {
    case .minMax: return seen
    case .movingAverage: return statistics.meanLeast...statistics.meanGreatest
    case .percentile:
      return statistics.histogram.range(leavingOut: 1e-4).clamped(to: seen)
    case .entropy:
      return seen.clamped(toMagnitude: statistics.histogram.leastDivergentThreshold())
    case .meanSquaredError:
      guard let attainable else {
        return statistics.histogram.leastSquaresRange(within: seen, through: function)
      }
      // One run in n + 1 exceeds n that were seen; 8 for 1 is what serves small networks best.
      let share = 8 / (8 + Double(statistics.runCount))
      return statistics.histogram.leastSquaresRange(
        within: seen, through: function, shareUnseen: share
      ).clamped(to: attainable)
    }
  }
}

extension ClosedRange<Double> {
  fileprivate func clamped(toMagnitude limit: Double) -> ClosedRange<Double> {
    Swift.max(lowerBound, -limit)...Swift.max(Swift.min(upperBound, limit), -limit)
  }
}
