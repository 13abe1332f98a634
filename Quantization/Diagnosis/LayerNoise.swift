// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// The noise that one layer makes when all others are in float.
///
/// Contributions of single layers add up well, for they are small and hardly correlated. Sources:
/// Wu et al. 2020, arXiv:2004.09602, section 5.2 (sensitivity by single layers); Nagel et al. 2021,
/// arXiv:2106.08295, section 3.3 (debugging by signal-to-noise).
struct LayerNoise {
  /// At the layer's own output, when its weights alone are rounded.
  private(set) var weights = Noise()

  /// The same, when its input alone is rounded.
  private(set) var input = Noise()

  /// At each of the model's outputs, when weights, input and output are rounded.
  private var outputs: [Noise]

  /// Noise for each unit of signal at the noisiest of the model's outputs.
  var alone: Double { outputs.map(\.ratio).max() ?? 0 }

  /// Measures all integer layers of a scheme by two programs, by the layers' nodes.
  ///
  /// One gives what each layer makes of float inputs in rounded forms. The other is the float model
  /// with an input more behind each layer, which adds by how much the rounded form is off.
  static func measure(
    _ scheme: QuantizationScheme, _ samples: CalibrationSamples, pool: ThreadPool?,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [Int: LayerNoise] {
    let (forms, shifted) = (try RoundedForms(scheme, pool), try ShiftedModel(scheme, pool))
    let outputCount = scheme.graph.outputs.count
    let none = LayerNoise(outputs: [Noise](repeating: Noise(), count: outputCount))
    var found: [Int: LayerNoise] = [:]
    var done = 0
    for index in 0..<samples.count {
      let (name, runs) = try samples[index]
      for inputs in runs {
        let seen = try forms.run(inputs, name)
        for (node, layer) in seen.layers {
          found[node, default: none].add(layer)
          let shift = zip(layer.whole.float32Values, layer.real.float32Values).map(-)
          let outputs = try shifted.run(inputs, shift, behind: node, name)
          found[node]?.add(seen.outputs, outputs)
        }
      }
      done += 1
      progress(done, samples.count)
    }
    return found
  }

  private mutating func add(_ layer: RoundedForms.Layer) {
    weights.add(layer.real, layer.weights)
    input.add(layer.real, layer.input)
  }

  private mutating func add(_ reals: [TensorData], _ others: [TensorData]) {
    for position in outputs.indices { outputs[position].add(reals[position], others[position]) }
  }
}

/// The float model, and beside each integer layer copies of it with parts rounded.
private struct RoundedForms {
  /// What a layer gives.
  struct Layer {
    let real: TensorData
    /// With its weights rounded, its input, and with both and its output.
    let weights: TensorData
    let input: TensorData
    let whole: TensorData
  }

  private let nodes: [Int]
  private let runner: GraphRunner

  init(_ scheme: QuantizationScheme, _ pool: ThreadPool?) throws {
    var nodes: [Int] = []
    var observed: [Value] = []
    let graph: Graph
    do throws(OperatorError) {
      graph = try scheme.graph.rewritten { (node, inputs, builder) throws(OperatorError) in
        guard let index = scheme.graph.producer(of: node.outputs[0]), scheme.hasWeights(node: index)
        else { return nil }
        let real = try builder.add(node.operation, inputs, name: node.name)
        let x = try scheme.rounded(inputs[0], like: node.inputs[0], at: index, &builder)
        let constants = scheme.roundedWeights(inputs, of: index, &builder).dropFirst()
        let whole = try builder.apply(node.operation, [x] + constants)
        nodes.append(index)
        observed += [
          real[0], try builder.apply(node.operation, [inputs[0]] + constants),
          try builder.apply(node.operation, [x] + inputs.dropFirst()),
          try scheme.rounded(whole, like: node.outputs[0], at: index, &builder),
        ]
        return real
      }
    } catch {
      throw QuantizationError.rewriting(error)
    }
    self.nodes = nodes
    runner = try GraphRunner(
      graph, observing: observed + graph.outputs.map(\.value), pool: pool)
  }

  func run(
    _ inputs: [TensorData], _ name: String
  ) throws -> (layers: [(Int, Layer)], outputs: [TensorData]) {
    let results = try runner.run(inputs, sample: name)
    let layers = nodes.enumerated().map { position, node in
      let first = 4 * position
      return (
        node,
        Layer(
          real: results[first], weights: results[first + 1], input: results[first + 2],
          whole: results[first + 3])
      )
    }
    return (layers, Array(results.dropFirst(4 * nodes.count)))
  }
}

/// The float model with an input more behind each integer layer, which is added to its result.
private struct ShiftedModel {
  private let runner: GraphRunner
  /// By the layers' nodes.
  private let places: [Int: Int]
  private let zeros: [TensorData]

  init(_ scheme: QuantizationScheme, _ pool: ThreadPool?) throws {
    var places: [Int: Int] = [:]
    var zeros: [TensorData] = []
    let graph: Graph
    do throws(OperatorError) {
      graph = try scheme.graph.rewritten { (node, inputs, builder) throws(OperatorError) in
        guard let index = scheme.graph.producer(of: node.outputs[0]), scheme.hasWeights(node: index)
        else { return nil }
        let result = try builder.add(node.operation, inputs, name: node.name)[0]
        let type = builder.type(of: result)
        places[index] = zeros.count
        zeros.append(
          TensorData(
            type.shape, float32: [Float](repeating: 0, count: type.shape.elementCount)))
        let shift = builder.input("shift of \(node.name)", type)
        return [try builder.apply(Add(), [result, shift])]
      }
    } catch {
      throw QuantizationError.rewriting(error)
    }
    (self.places, self.zeros) = (places, zeros)
    runner = try GraphRunner(graph, observing: graph.outputs.map(\.value), pool: pool)
  }

  /// The model's outputs when one layer's is off.
  func run(
    _ inputs: [TensorData], _ shift: [Float], behind node: Int, _ name: String
  ) throws -> [TensorData] {
    var shifts = zeros
    if let place = places[node] {
      shifts[place] = TensorData(zeros[place].type.shape, float32: shift)
    }
    return try runner.run(inputs + shifts, sample: name)
  }
}

extension QuantizationScheme {
  /// Whether a node is an integer layer.
  fileprivate func hasWeights(node: Int) -> Bool {
    placement.isInteger[node] && (layers[node] != nil || recurrentWeights[node] != nil)
  }

  /// A value as integers of a node's width hold it.
  fileprivate func rounded(
    _ value: Value, like old: Value, at node: Int, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let precision = placement.precisions[node]
    let stored = try builder.apply(
      Quantize(precision.dtype), [value], quantization: parameters(of: old, in: precision))
    return try builder.apply(Dequantize(), [stored])
  }

  /// The inputs of a node, weights and bias as integers hold them.
  func roundedWeights(
    _ inputs: [Value], of index: Int, _ builder: inout GraphBuilder
  ) -> [Value] {
    var operands = inputs
    let weights = layers[index].map { [$0.weights] } ?? recurrentWeights[index] ?? []
    for (position, weights) in weights.enumerated() {
      operands[1 + position] = builder.constant(
        TensorData(weights.shape, float32: weights.reals.map { Float($0) }))
    }
    if let bias = layers[index]?.bias {
      let constant = builder.constant(TensorData([bias.count], float32: bias))
      operands = operands.prefix(2) + [constant]
    }
    return operands
  }
}
