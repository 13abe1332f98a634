// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// One channel, or a few numbers, that stretch the range of a value so far that the rest keeps an
/// eighth of the steps or less.
///
/// Source: Dettmers et al. 2022, arXiv:2208.07339, section 3 (outlier features).
struct RangeOutlier: Cause {
  static let name = "range outlier"

  /// The part of the numbers that may be outliers.
  private static let rareShare = 1e-3

  func findings(in evidence: Evidence) -> [Finding] {
    guard !evidence.variety.isTooLittle else { return [] }
    return evidence.values.compactMap { value in
      channel(value, evidence) ?? numbers(value, evidence)
    }
  }

  private func channel(_ value: Value, _ evidence: Evidence) -> Finding? {
    guard let levels = evidence.levels(of: value), levels.isOutlying,
      let seen = evidence.statistics[value]?.channels, let loudest = levels.live.first,
      let next = levels.quiet.last
    else { return nil }
    let magnitudes = seen.magnitudes.map(Double.init)
    let median = magnitudes[levels.live[levels.live.count / 2]]
    return Finding(
      cause: Self.name, place: evidence.graph.name(of: value), channels: levels.loud,
      channelLevels: levels.counts,
      measure: .init("levels of the other channels at most", levels.counts[next]),
      limit: ChannelLevels.quietLimit,
      details: [
        .init("greatest magnitude", magnitudes[loudest]),
        .init("magnitude of the channel in the middle", median),
      ],
      advice: "balance channels; where that is not possible keep it in int16 or float",
      remedies: [.equalize] + evidence.kept(around: value))
  }

  private func numbers(_ value: Value, _ evidence: Evidence) -> Finding? {
    guard let seen = evidence.statistics[value],
      let parameters = evidence.scheme.activations[value], !evidence.graph.isSelection(value)
    else { return nil }
    let histogram = seen.histogram
    let total = histogram.totalCount
    // Zeros are exact, so they do not count among the numbers that lose levels.
    let share = Self.rareShare * Double(total - histogram.zeroCount) / Double(max(total, 1)) / 2
    let most = histogram.range(leavingOut: share)
    let step = Double(parameters.scales[0])
    let levels = (max(most.upperBound, 0) - min(most.lowerBound, 0)) / step
    guard levels > 0, levels <= ChannelLevels.quietLimit,
      let own = evidence.levels(of: value), !own.loud.isEmpty, !own.isUneven
    else { return nil }
    return Finding(
      cause: Self.name, place: evidence.graph.name(of: value),
      measure: .init("levels of all but one number in 1,000", levels),
      limit: ChannelLevels.quietLimit,
      details: [
        .init("greatest magnitude", Double(max(-seen.least, seen.greatest))),
        .init("magnitude of all but one number in 1,000", max(most.upperBound, -most.lowerBound)),
      ],
      advice:
        "clip the range by another method; where few numbers matter keep it in int16 or float",
      remedies: CalibrationMethod.allCases.map { .method($0) } + evidence.kept(around: value))
  }
}

extension Graph {
  /// Whether a value's few large numbers are what it is about: probabilities.
  fileprivate func isSelection(_ value: Value) -> Bool {
    guard let producer = producer(of: value) else { return false }
    let operation = nodes[producer].operation
    return operation is Softmax || operation is Sigmoid
  }
}
