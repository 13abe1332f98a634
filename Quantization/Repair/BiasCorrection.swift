// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

extension QuantizationScheme {
  /// Moves the bias of every integer layer so that, on samples, its outputs keep the float model's
  /// means.
  ///
  /// Layers are taken in the order they run, each with what the integers before it really give, so
  /// that shifts do not add up. Source: Nagel et al. 2019, arXiv:1906.04721, section 4.2 and
  /// appendix D (empirical bias correction). Unlike there, outputs at an end of the activation's
  /// range do not count: how far they would be beyond is of no matter.
  mutating func correctBiases(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let samples = samples.spread(min(Self.biasSamples, GradualRuns.sampleLimit(graph)))
    let chosen = graph.layers.filter { layers[$0.node] != nil && placement.isInteger[$0.node] }
    let float = keepingFloat(Set(graph.nodes.indices))
    var real = try GradualRuns(graph, samples, pool: pool)
    var rounded = real
    for (index, layer) in chosen.enumerated() {
      try real.advance(to: layer.node, of: float)
      try rounded.advance(to: layer.node, of: self)
      let counted = movingRange(of: layer)
      var shifts = ChannelShifts(channels: layer.bias.count)
      for (x, y) in zip(
        try real.results(of: layer.node, in: float), try rounded.results(of: layer.node, in: self))
      {
        shifts.add(x.float32Values, y.float32Values, within: counted)
      }
      layers[layer.node]?.move(by: shifts.values)
      progress(index + 1, chosen.count)
    }
  }

  /// Between the ends at which outputs of a layer stop.
  private func movingRange(of layer: Layer) -> (least: Float, greatest: Float) {
    let activation = layer.operation.activation
    guard placement.precisions[layer.node] == .int8, let output = activations[layer.output] else {
      return (activation.min, activation.max)
    }
    let range = output.int8Range
    return (
      max(activation.min, Float(range.lowerBound)), min(activation.max, Float(range.upperBound))
    )
  }

  /// A mean over so many samples, and all their positions, is far finer than a level.
  private static let biasSamples = 32
}

/// How far numbers of each channel, the last axis, are from where they should be.
package struct ChannelShifts {
  private var runs: [(sums: [Double], counts: [Double])] = []
  private let channels: Int

  package init(channels: Int) { self.channels = channels }

  /// Takes one run; only what should be between two ends counts.
  package mutating func add(
    _ expected: [Float], _ found: [Float], within ends: (least: Float, greatest: Float)
  ) {
    var sums = [Double](repeating: 0, count: channels)
    var counts = sums
    for row in stride(from: 0, to: expected.count, by: channels) {
      for channel in 0..<channels {
        let (x, y) = (expected[row + channel], found[row + channel])
        guard x > ends.least, x < ends.greatest else { continue }
        sums[channel] += Double(x) - Double(y)
        counts[channel] += 1
      }
    }
    runs.append((sums, counts))
  }

  /// The means, as far as they are no chance.
  ///
  /// Means of runs differ, so theirs has a variance: the part `variance / mean²` of it is left out,
  /// at most all. Source: James and Stein 1961, "Estimation with quadratic loss", the positive
  /// part.
  package var values: [Double] {
    (0..<channels).map { channel in
      let count = runs.reduce(0) { $0 + $1.counts[channel] }
      guard count > 0, runs.count > 1 else { return 0 }
      let mean = runs.reduce(0) { $0 + $1.sums[channel] } / count
      let squares = runs.reduce(0) { sum, run in
        let rest = run.sums[channel] - mean * run.counts[channel]
        return sum + rest * rest
      }
      let runCount = Double(runs.count)
      let variance = squares / (count * count) * runCount / (runCount - 1)
      return mean * mean > variance ? mean - variance / mean : 0
    }
  }
}

extension QuantizedLayer {
  fileprivate mutating func move(by shifts: [Double]) {
    for (channel, shift) in shifts.enumerated() { bias[channel] += Float(shift) }
  }
}
