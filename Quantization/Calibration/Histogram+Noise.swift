// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What the values of a histogram lose in int8: sums of squares, and how many are beyond the range.
package struct RoundingLoss: Sendable {
  /// Of values within the range, to the nearest level.
  package fileprivate(set) var rounding = 0.0

  /// Of values beyond the range, to its end.
  package fileprivate(set) var clipping = 0.0

  /// The part of all values that is beyond the range by more than half a step.
  package fileprivate(set) var clippedShare = 0.0

  package var total: Double { rounding + clipping }
}

extension Histogram {
  /// What values lose, those of a bin taken to be in its middle.
  package func loss(_ parameters: QuantizationParameters) -> RoundingLoss {
    let (scale, zeroPoint) = (Double(parameters.scales[0]), Double(parameters.zeroPoints[0]))
    var loss = RoundingLoss()
    var clipped = 0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = center(bin)
      let nearest = (value / scale).rounded(.toNearestOrEven) + zeroPoint
      let level = min(max(nearest, -128), 127)
      let difference = value - (level - zeroPoint) * scale
      if level == nearest {
        loss.rounding += Double(count) * difference * difference
      } else {
        loss.clipping += Double(count) * difference * difference
        clipped += count
      }
    }
    loss.clippedShare = Double(clipped) / Double(max(totalCount, 1))
    return loss
  }

  /// The loss of the range that loses least, within what was seen.
  package func leastLoss(within seen: ClosedRange<Double>) -> RoundingLoss {
    loss(QuantizationParameters(activations: leastSquaresRange(within: seen)))
  }
}
