// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// How far ranges still move with more samples: those of every other sample against those of all.
///
/// A range that is a little off costs a little noise. What half of the samples would have cost on
/// all of them bounds what the samples that nobody has would still change. A value of few elements
/// may lose much without anyone seeing it, so what counts are the outputs.
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

  /// How many decibels more noise the outputs have with the ranges of half of the samples; `nil`
  /// where no value has so much more that they could.
  package private(set) var outputDecibels: Double?

  /// Whether more samples would hardly change anything.
  package var isEnough: Bool { outputDecibels ?? decibels <= Self.limit }

  /// So many samples as will probably be enough: what is told from n samples is off by some 1/√n,
  /// and a range that is off by an eighth costs a decibel.
  package var sufficientCount: Int {
    guard !isEnough else { return sampleCount }
    let ratio = 8 * change.magnitude
    return Int((Double(sampleCount) * min(max(ratio * ratio, 2), 1e6)).rounded(.up))
  }

  /// Looks at ranges, and at outputs where some range has moved far; `nil` for a single sample, and
  /// when nothing has a range.
  static func measured(
    _ scheme: QuantizationScheme, _ seen: Observations, _ samples: CalibrationSamples,
    pool: ThreadPool?
  ) throws -> RangeDrift? {
    guard let half = seen.half,
      var drift = RangeDrift(scheme, half: half, all: seen.statistics)
    else { return nil }
    guard !drift.isEnough else { return drift }
    let outputs = scheme.graph.outputs.map(\.value)
    let meter = try NoiseMeter(
      scheme.graph, comparing: outputs, samples.spread(outputSamples), keepingResults: true,
      pool: pool)
    let all = try meter.noise(of: scheme)
    let few = try meter.noise(of: scheme.ranged(half, by: scheme.method))
    drift.outputDecibels = outputs.compactMap { output in
      guard let all = all[output], let few = few[output], all.noise > 0, few.noise > 0 else {
        return nil
      }
      return max(all.decibels - few.decibels, 0)
    }.max()
    return drift
  }

  /// Samples that outputs are compared on.
  private static let outputSamples = 64

  /// `nil` when nothing has a range.
  private init?(
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
