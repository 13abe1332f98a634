// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// A model in int8.
package struct QuantizedModel: Sendable {
  /// Float nodes between dequantising and quantising: QDQ.
  package let graph: Graph

  /// How ranges were told from samples.
  package let method: CalibrationMethod

  /// How many samples ranges were told from.
  package let sampleCount: Int

  /// The names of the nodes that are computed in integers, in the order they run.
  package let integerNodes: [String]

  /// The names of the nodes of reals that stay float, in the order they run.
  package let floatNodes: [String]

  /// Signal and noise of each output on the samples, in the order of the model's outputs.
  package let outputNoise: [Noise]

  /// What was kept in float for the sake of accuracy, the noisiest for its cost first.
  package let keptLayers: [LayerSensitivity]
}

/// Quantises a float model to int8.
///
/// A pure function of the model as imported, samples and options; `progress` is told of every
/// sample that is done.
///
/// - Throws: `QuantizationError`, and what reading samples throws.
package func quantize(
  _ model: Graph, samples: CalibrationSamples, options: QuantizationOptions = QuantizationOptions(),
  progress: @escaping (QuantizationProgress) -> Void = { _ in }
) throws -> QuantizedModel {
  let quantizer = try Quantizer(model, samples, options, progress)
  let (graph, statistics) = try quantizer.observed()
  var scheme = QuantizationScheme(
    graph, quantizer.placement, statistics, method: options.method ?? .meanSquaredError)
  if options.learnsRounding ?? (options.effort != .low) {
    try scheme.learnRounding(samples, pool: quantizer.pool) { done, total in
      progress(QuantizationProgress(task: "rounding weights", done: done, total: total))
    }
  }
  if options.method == nil, options.effort == .high {
    scheme = try quantizer.leastNoisy(scheme, statistics)
  }
  var noise = try quantizer.outputNoise(scheme)
  var kept: [LayerSensitivity] = []
  if let least = options.minimumDecibels, noise.contains(where: { $0.decibels < least }) {
    (scheme, noise, kept) = try quantizer.mixed(scheme, reaching: least)
  }
  return QuantizedModel(
    graph: try scheme.quantizedGraph(), method: scheme.method, sampleCount: samples.count,
    integerNodes: scheme.nodeNames(inIntegers: true),
    floatNodes: scheme.nodeNames(inIntegers: false), outputNoise: noise, keptLayers: kept)
}

/// The steps of quantising one model.
private struct Quantizer {
  let pool: ThreadPool?
  let placement: Placement
  private let graph: Graph
  private let samples: CalibrationSamples
  private let options: QuantizationOptions
  private let progress: (QuantizationProgress) -> Void

  init(
    _ model: Graph, _ samples: CalibrationSamples, _ options: QuantizationOptions,
    _ progress: @escaping (QuantizationProgress) -> Void
  ) throws {
    guard samples.count > 0 else { throw QuantizationError.noSamples }
    let graph = try prepared(model)
    let names = Set(graph.nodes.map(\.name))
    if let name = options.excludedNodes.subtracting(names).min() {
      throw QuantizationError.unknownNode(name)
    }
    let excluded = graph.nodes.indices.filter {
      options.excludedNodes.contains(graph.nodes[$0].name)
    }
    placement = Placement(graph, excluding: Set(excluded))
    guard placement.isInteger.contains(true) else { throw QuantizationError.nothingToQuantize }
    pool = options.threads > 1 ? try ThreadPool(threads: options.threads) : nil
    self.graph = graph
    self.samples = samples
    self.options = options
    self.progress = progress
  }

  /// The graph, its channels balanced when they shall be, with what was seen of its values.
  func observed() throws -> (Graph, [Value: ActivationStatistics]) {
    let statistics = try observe(graph)
    guard options.equalizes else { return (graph, statistics) }
    let balanced = try equalized(graph, statistics)
    return (balanced, try observe(balanced))
  }

  private func observe(_ graph: Graph) throws -> [Value: ActivationStatistics] {
    var calibration = try Calibration(
      graph, observing: placement.quantizedValues(graph), pool: pool)
    for index in 0..<samples.count {
      try calibration.add(samples[index])
      tell("observing activations", index + 1)
    }
    return calibration.statistics
  }

  /// The scheme with ranges by the method that gives the least noise; weights stay as they are
  /// rounded.
  func leastNoisy(
    _ scheme: QuantizationScheme, _ statistics: [Value: ActivationStatistics]
  ) throws -> QuantizationScheme {
    var (best, loudest) = (scheme, Double.infinity)
    for method in CalibrationMethod.allCases {
      let candidate = scheme.ranged(statistics, by: method)
      let noise = try outputNoise(candidate).map(\.ratio).reduce(0, +)
      if noise < loudest { (best, loudest) = (candidate, noise) }
    }
    return best
  }

  /// The noise of a scheme at the model's outputs.
  func outputNoise(_ scheme: QuantizationScheme) throws -> [Noise] {
    try NoiseMeter(scheme, comparing: scheme.graph.outputs.map(\.value), pool: pool)
      .measure(samples) { tell("measuring noise (\(scheme.method.rawValue))", $0) }
  }

  /// The scheme with the cheapest layers in float that bring every output to a ratio.
  func mixed(
    _ scheme: QuantizationScheme, reaching decibels: Double
  ) throws -> (QuantizationScheme, [Noise], [LayerSensitivity]) {
    let ranked = try scheme.sensitivities(samples, pool: pool) { done, total in
      progress(QuantizationProgress(task: "measuring layers", done: done, total: total))
    }
    return try scheme.keepingFewest(ranked) { candidate in
      let noise = try outputNoise(candidate)
      return (noise, noise.allSatisfy { $0.decibels >= decibels })
    }
  }

  private func tell(_ task: String, _ done: Int) {
    progress(QuantizationProgress(task: task, done: done, total: samples.count))
  }
}

/// The model in the form that is quantised, checked.
private func prepared(_ model: Graph) throws(QuantizationError) -> Graph {
  if let value = model.values.first(where: { $0.type.quantization != nil }) {
    throw .alreadyQuantized(value: value.name)
  }
  var graph: Graph
  do throws(CompileError) {
    graph = try prepare(model)
  } catch {
    throw .compilation(error)
  }
  do throws(OperatorError) {
    // Integers have no quotients; a reciprocal is rounded by far less than what it multiplies.
    graph = try graph.withoutDivisions { _ in true }
  } catch {
    throw .rewriting(error)
  }
  for node in graph.nodes {
    for input in node.inputs {
      guard let data = graph.constant(input), data.type.dtype == .float32 else { continue }
      guard data.float32Values.allSatisfy(\.isFinite) else {
        throw .constantNotFinite(node: node.name)
      }
    }
  }
  return graph
}
