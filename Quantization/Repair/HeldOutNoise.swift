// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// Judges schemes by their noise on samples that told them nothing.
///
/// A range without room beyond what was seen, or a bias that fits a few samples, looks best on just
/// those.
struct HeldOutNoise {
  private typealias Run = (name: String, inputs: [TensorData], reals: [TensorData])

  private var runs: [Run] = []
  /// Of each observed value, over all runs.
  private var signals: [Double]
  private let pool: ThreadPool?

  /// `samples` are at most some dozens; `graph` is the float model.
  init(_ graph: Graph, _ samples: CalibrationSamples, pool: ThreadPool?) throws {
    self.pool = pool
    let values = graph.judgedValues
    signals = [Double](repeating: 0, count: values.count)
    let float = try GraphRunner(graph, observing: values, pool: pool)
    try samples.spread(Self.sampleLimit).forEachRun { name, inputs in
      let reals = try float.run(inputs, sample: name)
      for (index, real) in reals.enumerated() {
        signals[index] += real.storedValues.reduce(0) { $0 + $1 * $1 }
      }
      runs.append((name, inputs, reals))
    }
  }

  private static let sampleLimit = 64

  /// The noise of each run for each unit of the signal of all, summed over the outputs.
  func callAsFunction(_ scheme: QuantizationScheme) throws -> [Double] {
    let values = scheme.graph.judgedValues
    let (known, runner) = try scheme.runner(observing: values, pool: pool)
    let places = known.compactMap { values.firstIndex(of: $0) }
    return try runs.map { run in
      let others = try runner.run(run.inputs, sample: run.name)
      return zip(places, others).reduce(0) { sum, pair in
        var noise = Noise()
        noise.add(run.reals[pair.0], pair.1)
        return sum + (noise.noise == 0 ? 0 : noise.noise / signals[pair.0])
      }
    }
  }
}

/// Whether noise is less by more than two standard errors of the difference, run by run.
package func isClearlyLess(_ noise: [Double], than other: [Double]) -> Bool {
  let gains = zip(other, noise).map { $0 - $1 }
  let count = Double(gains.count)
  guard count > 1 else { return false }
  let mean = gains.reduce(0, +) / count
  let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count
  return mean > 2 * variance.squareRoot()
}

extension Graph {
  /// Scores of classes before a softmax, for noise is even there; else the outputs.
  fileprivate var judgedValues: [Value] { scores ?? outputs.map(\.value) }
}
