// SPDX-License-Identifier: Apache-2.0

/// Finds the best epoch and says when to stop waiting for a better one.
package struct EarlyStopping: Hashable, Sendable {
  package struct Rule: Hashable, Sendable {
    /// Epochs without a better one that are borne.
    package var patience = 5
    /// By how much the metric must be better to count.
    package var minimumChange = 0.0
    /// What is watched; the recipe's metric when absent.
    package var metric: Recipe.Metric?

    package init() {}
  }

  /// The best epoch, counted from 0; `nil` before the first number.
  package private(set) var bestEpoch: Int?
  package private(set) var best: Double?
  package private(set) var epochsWithoutBest = 0

  package init() {}

  /// A state that was saved.
  package init(bestEpoch: Int?, best: Double?, epochsWithoutBest: Int) {
    (self.bestEpoch, self.best) = (bestEpoch, best)
    self.epochsWithoutBest = epochsWithoutBest
  }

  /// What an epoch's number means.
  package enum Verdict: Hashable, Sendable {
    /// The best until now: its weights are the ones to keep.
    case best
    case notBest
    /// Not the best, and waited long enough.
    case stop
  }

  /// Takes an epoch's metric; NaN is never the best.
  ///
  /// - Parameters:
  ///   - value: of the metric, or the loss.
  ///   - epoch: counted from 0.
  ///   - isRising: whether more is better.
  ///   - rule: when to stop; without one only the best is found.
  /// - Returns: what it means.
  package mutating func add(
    _ value: Double, epoch: Int, isRising: Bool, rule: Rule?
  ) -> Verdict {
    let change = rule?.minimumChange ?? 0
    let isBest =
      best.map { isRising ? value > $0 + change : value < $0 - change } ?? !value.isNaN
    if isBest {
      (best, bestEpoch, epochsWithoutBest) = (value, epoch, 0)
      return .best
    }
    epochsWithoutBest += 1
    guard let rule else { return .notBest }
    return epochsWithoutBest > rule.patience ? .stop : .notBest
  }
}
