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
  package var decibels: Double { Quantization.decibels(ofRatio: ratio) }

  package mutating func add(_ float: TensorData, _ quantized: TensorData) {
    for (real, other) in zip(float.storedValues, ReferenceTensor(quantized).values) {
      signal += real * real
      noise += (real - other) * (real - other)
    }
  }
}

/// Compares quantised forms of a float graph with it, on samples.
struct NoiseMeter {
  private typealias Run = (name: String, inputs: [TensorData], reals: [TensorData])

  private let values: [Value]
  private let samples: CalibrationSamples
  private let float: GraphRunner
  private let pool: ThreadPool?
  /// What the float graph gives on all samples; `nil` when it runs again for each form.
  private var kept: [Run]?

  /// Prepares to compare values; with `keepingResults`, memory grows with the samples.
  init(
    _ graph: Graph, comparing values: [Value], _ samples: CalibrationSamples,
    keepingResults: Bool = false, pool: ThreadPool?
  ) throws {
    self.values = values
    self.samples = samples
    self.pool = pool
    float = try GraphRunner(graph, observing: values, pool: pool)
    guard keepingResults else { return }
    kept = try (0..<samples.count).flatMap { try runs(ofSample: $0) }
  }

  /// Signal and noise, over all samples, of each value that a scheme's quantised form has.
  func noise(
    of scheme: QuantizationScheme, progress: (_ done: Int) -> Void = { _ in }
  ) throws -> [Value: Noise] {
    let (known, runner) = try scheme.runner(observing: values, pool: pool)
    return try noise(of: runner, showing: known, progress: progress)
  }

  /// Signal and noise, over all samples, of the values that a runner of another form shows.
  func noise(
    of runner: GraphRunner, showing known: [Value], progress: (_ done: Int) -> Void = { _ in }
  ) throws -> [Value: Noise] {
    let places = known.compactMap { values.firstIndex(of: $0) }
    var noises = [Noise](repeating: Noise(), count: known.count)
    func add(_ runs: [Run]) throws {
      for run in runs {
        let others = try runner.run(run.inputs, sample: run.name)
        for (position, place) in places.enumerated() {
          noises[position].add(run.reals[place], others[position])
        }
      }
    }
    if let kept {
      try add(kept)
    } else {
      for index in 0..<samples.count {
        try add(try runs(ofSample: index))
        progress(index + 1)
      }
    }
    return Dictionary(zip(known, noises)) { first, _ in first }
  }

  private func runs(ofSample index: Int) throws -> [Run] {
    let (name, runs) = try samples[index]
    return try runs.map { (name, $0, try float.run($0, sample: name)) }
  }
}

extension [Value: Noise] {
  /// Noise for each unit of signal where it is greatest.
  var loudest: Double { values.map(\.ratio).max() ?? 0 }
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
