// SPDX-License-Identifier: Apache-2.0
import Evaluation
import TestSupport
import Testing

@Suite("ranks")
struct RanksTests {
  @Test func equalValuesShareTheirRank() {
    #expect(ranks(of: [3, 1, 3, 2, 3]) == [4, 1, 4, 2, 4])
    #expect(ranks(of: []) == [])
  }

  /// Without ties, `1 − 6 Σ d² / (n (n² − 1))`.
  @Test func correlationIsThatOfTheDifferences() throws {
    var generator = SeededGenerator(seed: 3)
    let first = (0..<50).map { _ in Double.random(in: 0...1, using: &generator) }
    let second = first.map { $0 + Double.random(in: 0...1, using: &generator) }
    let squares = zip(ranks(of: first), ranks(of: second)).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
    }
    let expected = 1 - 6 * squares / (50 * (50 * 50 - 1))
    #expect(abs(try #require(rankCorrelation(first, second)) - expected) < 1e-12)
  }

  @Test func correlationOfOrdersAndConstants() {
    #expect(rankCorrelation([1, 2, 3], [10, 20, 90]) == 1)
    #expect(rankCorrelation([1, 2, 3], [9, 2, 1]) == -1)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
  }

  /// The area is the share of pairs in which the positive scores higher, ties by half.
  @Test func areaCountsPairs() throws {
    var generator = SeededGenerator(seed: 5)
    let isPositive = (0..<40).map { _ in Bool.random(using: &generator) }
    let scores = isPositive.map { Double(Int.random(in: 0...5, using: &generator)) + ($0 ? 1 : 0) }
    var (wins, pairs) = (0.0, 0.0)
    for (i, positive) in isPositive.enumerated() where positive {
      for (j, other) in isPositive.enumerated() where !other {
        pairs += 1
        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    let result = try #require(areaUnderCurve(scores: scores, isPositive: isPositive))
    #expect(abs(result.area - wins / pairs) < 1e-12)
    #expect(result.interval.low < result.area && result.area < result.interval.high)
    #expect(areaUnderCurve(scores: [1, 2], isPositive: [true, true]) == nil)
  }

  /// Hanley and McNeil 1982, their example: an area of 0.893 for 51
  /// positives and 58 negatives has a standard error of 0.032.
  @Test func areaHasThePublishedError() throws {
    // The negatives are 0 to 57; 40 positives beat 52 of them and 11 beat 51.
    let scores =
      (0..<58).map(Double.init) + [Double](repeating: 51.5, count: 40)
      + [Double](repeating: 50.5, count: 11)
    let isPositive = [Bool](repeating: false, count: 58) + [Bool](repeating: true, count: 51)
    let result = try #require(areaUnderCurve(scores: scores, isPositive: isPositive))
    let error = (result.interval.high - result.area) / 1.959963984540054
    #expect(abs(result.area - 0.893) < 5e-4 && abs(error - 0.032) < 1e-3)
  }
}
