// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

extension QuantizationScheme {
  /// Sets the bias of every integer layer so that, on samples, its outputs have the float model's
  /// means.
  ///
  /// Layers are taken in the order they run, each with what the integers before it really give, so
  /// that shifts do not add up. Source: Nagel et al. 2019, arXiv:1906.04721, section 4.2 and
  /// appendix D (empirical bias correction). Means are taken before the activation, where the bias
  /// is added: they follow from those of the inputs.
  mutating func correctBiases(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let samples = samples.spread(Self.biasSamples)
    let chosen = graph.layers.filter { layers[$0.node] != nil && placement.isInteger[$0.node] }
    let graph = graph
    var problems = chosen.compactMap { layer in
      MeanInputs(layer, x: graph.type(of: layer.input)).map { (layer: layer, means: $0) }
    }
    guard !problems.isEmpty else { return }
    let float = try GraphRunner(graph, observing: problems.map(\.layer.input), pool: pool)
    try samples.forEachRun { name, inputs in
      for (index, value) in try float.run(inputs, sample: name).enumerated() {
        problems[index].means.add(value.float32Values)
      }
    }
    for (index, (layer, means)) in problems.enumerated() {
      if let quantized = try quantizedMeans(of: layer, samples, pool) {
        layers[layer.node]?.setBias(of: layer, float: means.values, quantized: quantized)
      }
      progress(index + 1, problems.count)
    }
  }

  /// The means of a layer's inputs in the quantised form; `nil` where it does not have them.
  private func quantizedMeans(
    of layer: Layer, _ samples: CalibrationSamples, _ pool: ThreadPool?
  ) throws -> [[Double]]? {
    // What the model is given differs by rounding alone.
    guard graph.producer(of: layer.input) != nil,
      var means = MeanInputs(layer, x: graph.type(of: layer.input))
    else { return nil }
    let (values, runner) = try runner(observing: [layer.input], pool: pool)
    guard !values.isEmpty else { return nil }
    var isSame = true
    try samples.forEachRun { name, inputs in
      let value = try runner.run(inputs, sample: name)[0]
      // Names need not be unique.
      isSame = isSame && value.type.shape == graph.type(of: layer.input).shape
      if isSame { means.add(ReferenceTensor(value).values.map { Float($0) }) }
    }
    return isSame ? means.values : nil
  }

  /// A mean over so many samples, and all their positions, is far finer than a level.
  private static let biasSamples = 32
}

/// The means of the rows that a layer multiplies.
struct MeanInputs {
  private let inputs: LayerInputs
  /// One row, or one for each channel of a depthwise layer.
  private var sums: [[Double]]
  private var count = 0

  /// `nil` for a layer whose products are no such rows.
  init?(_ layer: Layer, x: TensorType) {
    guard let inputs = LayerInputs(layer, x: x, limit: layer.rowLimit) else { return nil }
    self.inputs = inputs
    let problems = layer.isDepthwise ? layer.inputChannelCount : 1
    sums = [[Double]](repeating: [Double](repeating: 0, count: inputs.depth), count: problems)
  }

  var values: [[Double]] { sums.map { $0.map { $0 / Double(max(count, 1)) } } }

  mutating func add(_ x: [Float]) {
    for channel in sums.indices {
      for (index, value) in inputs.rows(x, channel: channel).enumerated() {
        sums[channel][index % inputs.depth] += Double(value)
      }
    }
    count += inputs.rowCount
  }
}

extension QuantizedLayer {
  /// Gives the outputs the float layer's means, told by the means of the inputs of both.
  package mutating func setBias(of layer: Layer, float: [[Double]], quantized: [[Double]]) {
    var sums = layer.bias.map(Double.init)
    var positions = [Int](repeating: 0, count: sums.count)
    let reals = weights.reals
    for (index, weight) in layer.weights.enumerated() {
      let channel = layer.outputChannel(of: index)
      let problem = float.count > 1 ? channel : 0
      let position = positions[channel]
      positions[channel] += 1
      sums[channel] += Double(weight) * float[problem][position]
      sums[channel] -= reals[index] * quantized[problem][position]
    }
    bias = sums.map { Float($0) }
  }
}
