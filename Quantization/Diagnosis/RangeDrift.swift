// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// How far ranges still move with more samples: those of every other sample against those of all.
///
/// A range that is a little off costs a little noise. What half of the samples would have cost on
/// all of them bounds what the samples that nobody has would still change.
package struct RangeDrift: Sendable {
  /// Noise may be twice as much: half a bit.
  static let limit = 3.0

  /// The value that suffers most from half of the samples.
  package let value: String

  /// How many decibels more noise it has with the range of half of the samples.
  package let decibels: Double

  /// How much wider its range is with all samples, in parts; negative where it is narrower.
  package let change: Double

  /// The part of its numbers that are beyond the range of half of the samples.
  package let clippedShare: Double

  /// How far the range of the value in the middle moves, either way.
  package let medianChange: Double

  package let sampleCount: Int

  /// Whether more samples would hardly change anything.
  package var isEnough: Bool { decibels <= Self.limit }

  /// So many samples as will probably be enough: what is told from n samples is off by some 1/√n,
  /// and a range that is off by an eighth costs a decibel.
  package var sufficientCount: Int {
    guard !isEnough else { return sampleCount }
    let ratio = 8 * change.magnitude
    return Int((Double(sampleCount) * min(max(ratio * ratio, 2), 1e6)).rounded(.up))
  }

  /// `nil` when nothing has a range.
  init?(
    _ scheme: QuantizationScheme, half: [Value: ActivationStatistics],
    all: [Value: ActivationStatistics]
  ) {
    let earlier = scheme.ranged(half, by: scheme.method).activations
    var changes: [Double] = []
    var worst: (value: Value, decibels: Double, change: Double, clipped: Double)?
    for value in scheme.activations.keys.sorted() {
      guard let seen = all[value], let old = earlier[value], let new = scheme.activations[value]
      else { continue }
      let loss = (old: seen.histogram.loss(old), new: seen.histogram.loss(new))
      let change = Double(new.scales[0]) / Double(old.scales[0]) - 1
      changes.append(change.magnitude)
      guard loss.new.total > 0 else { continue }
      let decibels = -Quantization.decibels(ofRatio: loss.old.total / loss.new.total)
      if decibels > worst?.decibels ?? -.infinity {
        worst = (value, decibels, change, loss.old.clippedShare)
      }
    }
    guard let worst, let first = all.values.first else { return nil }
    value = scheme.graph.name(of: worst.value)
    decibels = max(worst.decibels, 0)
    change = worst.change
    clippedShare = worst.clipped
    medianChange = changes.sorted()[changes.count / 2]
    sampleCount = first.runCount
  }
}
