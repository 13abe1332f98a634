// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// What a float graph computes on samples, kept to be compared with many quantised forms of it.
struct FloatResults {
  private let values: [Value]
  private let samples: [(name: String, inputs: [TensorData], results: [TensorData])]

  init(
    _ graph: Graph, _ values: [Value], _ samples: CalibrationSamples, _ pool: ThreadPool?
  ) throws {
    self.values = values
    let runner = try GraphRunner(graph, observing: values, pool: pool)
    self.samples = try (0..<samples.count).flatMap { index in
      let (name, runs) = try samples[index]
      return try runs.map { (name, $0, try runner.run($0, sample: name)) }
    }
  }

  /// Signal and noise of each value in a scheme of the same graph.
  func noise(of scheme: QuantizationScheme, pool: ThreadPool?) throws -> [Noise] {
    try noise(of: scheme.runner(observing: values, pool: pool).runner)
  }

  /// Signal and noise of each value in another form of the graph.
  func noise(of runner: GraphRunner) throws -> [Noise] {
    var noises = [Noise](repeating: Noise(), count: values.count)
    for (name, inputs, results) in samples {
      let others = try runner.run(inputs, sample: name)
      for position in noises.indices { noises[position].add(results[position], others[position]) }
    }
    return noises
  }
}
