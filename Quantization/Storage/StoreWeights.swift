// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// A float model some of whose weights are stored in fewer bits.
package struct StoredModel: Sendable {
  package let graph: Graph
  package let options: StorageOptions

  /// How many samples weights were rounded for; 0 for rounding to nearest.
  package let sampleCount: Int

  /// The names of the layers whose weights are stored so, in the order they run.
  package let layers: [String]

  /// The names of look-ups whose tables are int8.
  package let tables: [String]

  /// The names of other layers with weights, which stay float32.
  package let floatLayers: [String]

  /// What the weights and tables take that are stored now, and took in float32.
  package let bytes: Int
  package let floatBytes: Int

  /// Signal and noise of each output on the samples, in the order of the model's outputs; empty
  /// without samples.
  package let outputNoise: [Noise]
}

/// Stores the weights of a float model's products in fewer bits; without samples by rounding to
/// nearest, with samples so that outputs change least on them.
///
/// The products are those of dense layers and of pointwise convolutions: what kernels read such
/// weights for. Tables that rows are looked up in become int8 with a scale for each row, unless the
/// format is float16. A pure function of the model as imported, samples and options.
///
/// - Throws: `QuantizationError`, and what reading samples throws.
package func storeWeights(
  _ model: Graph, options: StorageOptions, samples: CalibrationSamples? = nil,
  progress: @escaping (QuantizationProgress) -> Void = { _ in }
) throws -> StoredModel {
  precondition(!options.isDynamic || options.format == .int8, "rows of int8 take weights of int8")
  let graph = try prepared(model)
  let names = Set(graph.nodes.map(\.name))
  if let name = options.excludedNodes.subtracting(names).min() {
    throw QuantizationError.unknownNode(name)
  }
  if samples?.count == 0 { throw QuantizationError.noSamples }
  let layers = graph.layers
  var stored: [Int: StoredLayer] = [:]
  for layer in layers where !options.excludedNodes.contains(layer.name) {
    stored[layer.node] = StoredLayer(layer, options)
  }
  let tables = graph.tables.filter {
    options.format != .float16 && !options.excludedNodes.contains(graph.nodes[$0].name)
  }
  guard !stored.isEmpty || !tables.isEmpty else {
    throw QuantizationError.nothingToStore(options.format)
  }
  let pool = options.threads > 1 ? try ThreadPool(threads: options.threads) : nil
  let isLearned = options.learnsRounding && options.format != .float16
  if let samples, isLearned {
    try graph.forEachProblem(
      of: layers.filter { stored[$0.node] != nil }, samples, pool: pool,
      progress: {
        progress(QuantizationProgress(task: "rounding weights", done: $0, total: $1))
      },
      { problem in stored[problem.layer.node]?.settle(problem) })
  }
  let result: Graph
  do throws(OperatorError) {
    result = try graph.storing(stored, tables: Set(tables), isDynamic: options.isDynamic)
  } catch {
    throw QuantizationError.rewriting(error)
  }
  let tableTypes = tables.map { graph.type(of: graph.nodes[$0].inputs[0]) }
  return StoredModel(
    graph: result, options: options, sampleCount: isLearned ? samples?.count ?? 0 : 0,
    layers: layers.filter { stored[$0.node] != nil }.map(\.name),
    tables: tables.map { graph.nodes[$0].name },
    floatLayers: layers.filter { stored[$0.node] == nil }.map(\.name),
    bytes: stored.values.reduce(0) { $0 + $1.byteCount }
      + tableTypes.reduce(0) { $0 + $1.shape.elementCount + 4 * $1.shape[0] },
    floatBytes: stored.values.reduce(0) { $0 + 4 * $1.data.type.shape.elementCount }
      + tableTypes.reduce(0) { $0 + $1.byteCount },
    outputNoise: try samples.map { samples in
      try outputNoise(of: result, against: graph, samples, pool) {
        progress(QuantizationProgress(task: "measuring noise", done: $0, total: samples.count))
      }
    } ?? [])
}

/// Signal and noise of every output of a graph, over all samples.
private func outputNoise(
  of graph: Graph, against float: Graph, _ samples: CalibrationSamples, _ pool: ThreadPool?,
  progress: (Int) -> Void
) throws -> [Noise] {
  let runners = try [float, graph].map { graph in
    try GraphRunner(graph, observing: graph.outputs.map(\.value), pool: pool)
  }
  var noises = [Noise](repeating: Noise(), count: graph.outputs.count)
  for index in 0..<samples.count {
    let (name, runs) = try samples[index]
    for inputs in runs {
      let results = try runners.map { try $0.run(inputs, sample: name) }
      for (position, pair) in zip(results[0], results[1]).enumerated() {
        guard pair.0.float32Values.allSatisfy(\.isFinite) else {
          throw QuantizationError.resultNotFinite(
            sample: name, node: float.outputs[position].name)
        }
        noises[position].add(pair.0, pair.1)
      }
    }
    progress(index + 1)
  }
  return noises
}
