// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// Runs a float graph on samples and keeps what was seen of its values.
package struct Calibration {
  package private(set) var statistics: [Value: ActivationStatistics] = [:]
  private let values: [Value]
  private let runner: GraphRunner
  private let graph: Graph

  /// Prepares to look at values, none of them constant, all float32.
  package init(
    _ graph: Graph, observing values: [Value], pool: ThreadPool? = nil
  ) throws(QuantizationError) {
    self.graph = graph
    self.values = values
    runner = try GraphRunner(graph, observing: values, pool: pool)
    for value in values {
      statistics[value] = ActivationStatistics(channels: graph.type(of: value).shape.channels)
    }
  }

  /// Runs one sample.
  package mutating func add(_ sample: CalibrationSamples.Sample) throws(QuantizationError) {
    for inputs in sample.runs {
      for (port, input) in zip(graph.inputs, inputs) where input.type.dtype == .float32 {
        guard input.float32Values.allSatisfy(\.isFinite) else {
          throw .inputNotFinite(sample: sample.name, input: port.name)
        }
      }
      let results = try runner.run(inputs, sample: sample.name)
      for (value, result) in zip(values, results) {
        guard statistics[value]?.add(result.float32Values) == true else {
          throw .resultNotFinite(sample: sample.name, node: graph.name(of: value))
        }
      }
    }
  }
}

extension Shape {
  /// The extent of the last axis; 1 for a scalar.
  var channels: Int { rank > 0 ? self[-1] : 1 }
}
