// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A 95 % confidence interval.
package struct Interval: Hashable, Sendable {
  package let low: Double
  package let high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The estimate give or take 1.96 standard errors, cut to a range.
  package init(around estimate: Double, standardError: Double, in range: ClosedRange<Double>) {
    low = max(estimate - normalQuantile * standardError, range.lowerBound)
    high = min(estimate + normalQuantile * standardError, range.upperBound)
  }
}

/// The 97.5 % quantile of the standard normal distribution.
let normalQuantile = 1.959963984540054

/// Wilson's interval of a proportion.
///
/// Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
/// - Precondition: `0 ≤ successes ≤ count`, `count > 0`.
package func wilsonInterval(successes: Int, of count: Int) -> Interval {
  precondition(count > 0 && (0...count).contains(successes), "a proportion of something")
  let (n, z2) = (Double(count), normalQuantile * normalQuantile)
  let p = Double(successes) / n
  let center = (p + z2 / (2 * n)) / (1 + z2 / n)
  let half =
    normalQuantile / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
  return Interval(low: max(center - half, 0), high: min(center + half, 1))
}

/// The interval of a mean by the normal approximation; as wide as the range for one value.
///
/// - Precondition: there is a value.
package func meanInterval(of values: [Double], in range: ClosedRange<Double>) -> Interval {
  guard values.count > 1 else { return Interval(low: range.lowerBound, high: range.upperBound) }
  let n = Double(values.count)
  let mean = mean(of: values)
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
  return Interval(around: mean, standardError: (variance / n).squareRoot(), in: range)
}

/// The arithmetic mean.
///
/// - Precondition: there is a value.
func mean(of values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The interval of a statistic of samples by the delete-one jackknife.
///
/// `estimates` holds the statistic without each of the samples. Source: Efron and Stein 1981, "The
/// jackknife estimate of variance".
package func jackknifeInterval(
  around estimate: Double, leavingOut estimates: [Double], in range: ClosedRange<Double>
) -> Interval {
  guard estimates.count > 1 else { return Interval(low: range.lowerBound, high: range.upperBound) }
  let n = Double(estimates.count)
  let mean = mean(of: estimates)
  let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * (n - 1) / n
  return Interval(around: estimate, standardError: variance.squareRoot(), in: range)
}

/// The interval of a rank correlation: Fisher's z with the variance `(1 + r² / 2) / (n − 3)`.
///
/// Source: Bonett and Wright 2000, "Sample size requirements for estimating Pearson, Kendall and
/// Spearman correlations". All of −1…1 for fewer than four pairs.
package func rankCorrelationInterval(_ correlation: Double, count: Int) -> Interval {
  guard count > 3, abs(correlation) < 1 else {
    return abs(correlation) == 1 && count > 3
      ? Interval(low: correlation, high: correlation) : Interval(low: -1, high: 1)
  }
  let z = atanh(correlation)
  let half =
    normalQuantile * ((1 + correlation * correlation / 2) / Double(count - 3)).squareRoot()
  return Interval(low: tanh(z - half), high: tanh(z + half))
}
