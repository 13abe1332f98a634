// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A range so narrow that what is cut off costs more than rounding does, and more than it need.
struct Saturation: Cause {
  static let name = "saturation"

  /// Twice the noise: half a bit.
  private static let limit = 3.0

  func findings(in evidence: Evidence) -> [Finding] {
    guard !evidence.variety.isTooLittle else { return [] }
    return evidence.values.compactMap { value in
      guard let seen = evidence.statistics[value],
        let parameters = evidence.scheme.activations[value], seen.least < seen.greatest
      else { return nil }
      let loss = seen.histogram.loss(parameters)
      guard loss.clipping > loss.rounding else { return nil }
      let best = seen.histogram.leastLoss(within: Double(seen.least)...Double(seen.greatest))
      guard best.total > 0 else { return nil }
      let decibels = -Quantization.decibels(ofRatio: loss.total / best.total)
      guard decibels >= Self.limit else { return nil }
      return Finding(
        cause: Self.name, place: evidence.graph.name(of: value),
        measure: .init("decibels more noise than by the best range", decibels),
        limit: Self.limit,
        details: [
          .init("share beyond the range", loss.clippedShare),
          .init("part of the error that is cut off", loss.clipping / loss.total),
        ],
        advice: "tell ranges by mse",
        remedies: [.method(.meanSquaredError), .method(.minMax)])
    }
  }
}
