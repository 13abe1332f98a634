// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore

/// Signal and noise of one value: the float model's numbers, and how far the quantised model's are
/// off.
package struct Noise: Sendable {
  package private(set) var signal = 0.0
  package private(set) var noise = 0.0

  package init() {}

  /// Noise for each unit of signal; 0 where nothing is off.
  package var ratio: Double { noise == 0 ? 0 : noise / signal }

  /// Ten times the logarithm of signal over noise; infinite where nothing is off.
  package var decibels: Double { -10 / logarithm(10) * logarithm(ratio) }

  package mutating func add(_ float: TensorData, _ quantized: TensorData) {
    for (real, other) in zip(float.storedValues, ReferenceTensor(quantized).values) {
      signal += real * real
      noise += (real - other) * (real - other)
    }
  }
}

/// Runs a float graph and its quantised form side by side.
struct NoiseMeter {
  /// Values of the float graph that both have, in order.
  let values: [Value]
  private let float: GraphRunner
  private let quantized: GraphRunner

  /// Prepares to compare values of the scheme's graph, those that the quantised form has.
  init(
    _ scheme: QuantizationScheme, comparing values: [Value], pool: ThreadPool?
  ) throws(QuantizationError) {
    (self.values, quantized) = try scheme.runner(observing: values, pool: pool)
    float = try GraphRunner(scheme.graph, observing: self.values, pool: pool)
  }

  /// Signal and noise of every value over all samples.
  func measure(
    _ samples: CalibrationSamples, progress: (Int) -> Void = { _ in }
  ) throws -> [Noise] {
    var noises = [Noise](repeating: Noise(), count: values.count)
    for index in 0..<samples.count {
      let (name, runs) = try samples[index]
      for inputs in runs {
        let reals = try float.run(inputs, sample: name)
        let others = try quantized.run(inputs, sample: name)
        for position in noises.indices { noises[position].add(reals[position], others[position]) }
      }
      progress(index + 1)
    }
    return noises
  }
}

extension QuantizationScheme {
  /// Runs the quantised form as it is compiled and shows those of the values that it has.
  func runner(
    observing values: [Value], pool: ThreadPool?
  ) throws(QuantizationError) -> (values: [Value], runner: GraphRunner) {
    let quantized: Graph
    let written = try quantizedGraph()
    do throws(CompileError) {
      quantized = try optimize(written)
    } catch {
      throw .compilation(error)
    }
    var places: [String: Value] = [:]
    for id in quantized.values.indices where quantized.constant(Value(id: id)) == nil {
      // The last of a name is what the node gives.
      places[quantized.values[id].name] = Value(id: id)
    }
    for (old, new) in zip(graph.outputs, quantized.outputs) {
      places[graph.name(of: old.value)] = new.value
    }
    let known = values.filter { places[graph.name(of: $0)] != nil }
    let runner = try GraphRunner(
      quantized, observing: known.compactMap { places[graph.name(of: $0)] }, pool: pool)
    return (known, runner)
  }
}
