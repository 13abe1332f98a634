// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@Suite("intervals")
struct IntervalTests {
  /// Wilson's limits are where a proportion's own standard error reaches the estimate:
  /// `(p − q)² = z² · q · (1 − q) / n`.
  @Test(arguments: [(0, 10), (3, 10), (123, 150), (999, 1000), (5, 5)])
  func wilsonSolvesItsEquation(successes: Int, count: Int) {
    let z = 1.959963984540054
    let interval = wilsonInterval(successes: successes, of: count)
    let p = Double(successes) / Double(count)
    for limit in [interval.low, interval.high] {
      let left = (p - limit) * (p - limit)
      let right = z * z * limit * (1 - limit) / Double(count)
      #expect(abs(left - right) < 1e-12)
    }
    #expect(interval.low <= p && p <= interval.high)
    #expect(interval.low >= 0 && interval.high <= 1)
  }

  /// Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  @Test(arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)])
  func wilsonGivesPublishedLimits(successes: Int, count: Int, low: Double, high: Double) {
    let interval = wilsonInterval(successes: successes, of: count)
    #expect(abs(interval.low - low) < 5e-5 && abs(interval.high - high) < 5e-5)
  }

  @Test func meanHasTheErrorOfItsSamples() {
    // Mean 2, variance 2 / 2 = 1, standard error √(1 / 3).
    let interval = meanInterval(of: [1, 2, 3], in: 0...10)
    let half = 1.959963984540054 * (1.0 / 3).squareRoot()
    #expect(abs(interval.low - (2 - half)) < 1e-12 && abs(interval.high - (2 + half)) < 1e-12)
    #expect(meanInterval(of: [1, 2, 3], in: 1.5...2).high == 2)
    #expect(meanInterval(of: [0.5], in: 0...1) == Interval(low: 0, high: 1))
  }

  /// The jackknife of a mean has the standard error of the mean.
  @Test func jackknifeOfAMeanIsItsError() {
    let values = [0.1, 0.5, 0.2, 0.9, 0.4]
    let sum = values.reduce(0, +)
    let leavingOut = values.map { (sum - $0) / 4 }
    let jackknife = jackknifeInterval(around: sum / 5, leavingOut: leavingOut, in: -1...2)
    let normal = meanInterval(of: values, in: -1...2)
    #expect(abs(jackknife.low - normal.low) < 1e-12 && abs(jackknife.high - normal.high) < 1e-12)
  }

  @Test func rankCorrelationUsesFishersZ() {
    // r = tanh 1, so z is 1; the variance is (1 + r² / 2) / 97.
    let r = 0.7615941559557649
    let interval = rankCorrelationInterval(r, count: 100)
    let half = 1.959963984540054 * ((1 + r * r / 2) / 97).squareRoot()
    func atanh(_ x: Double) -> Double {
      // Σ x^(2k+1) / (2k+1)
      (0..<2000).reduce(into: (sum: 0.0, power: x)) { state, k in
        state.sum += state.power / Double(2 * k + 1)
        state.power *= x * x
      }.sum
    }
    #expect(abs(atanh(interval.low) - (1 - half)) < 1e-9)
    #expect(abs(atanh(interval.high) - (1 + half)) < 1e-9)
    #expect(rankCorrelationInterval(0.3, count: 3) == Interval(low: -1, high: 1))
    #expect(rankCorrelationInterval(1, count: 10) == Interval(low: 1, high: 1))
  }
}
