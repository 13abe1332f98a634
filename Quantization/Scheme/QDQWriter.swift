// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// Writes a scheme as a graph of float nodes between dequantising and quantising.
struct QDQWriter {
  private let scheme: QuantizationScheme

  /// What integers hold of a value of the new graph, as reals.
  private var rounded: [Value: Value] = [:]

  init(_ scheme: QuantizationScheme) { self.scheme = scheme }

  func graph() throws(OperatorError) -> Graph {
    var writer = self
    return try scheme.graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let index = writer.scheme.graph.producer(of: node.outputs[0]),
        writer.scheme.placement.isInteger[index]
      else { return nil }
      return try writer.add(node, at: index, inputs, &builder)
    }
  }

  /// Adds an integer node and returns what it computes, rounded.
  private mutating func add(
    _ node: Node, at index: Int, _ inputs: [Value], _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value] {
    let activations = scheme.graph.activations(of: index)
    var operands: [Value] = []
    for (old, new) in zip(node.inputs, inputs) {
      guard activations.contains(old) else {
        operands.append(new)
        continue
      }
      operands.append(try activation(old, new, readBy: node, &builder))
    }
    if let layer = scheme.layers[index] {
      operands = [operands[0]] + (try constants(of: layer, node, &builder))
    } else if let weights = scheme.recurrentWeights[index] {
      for (position, weights) in weights.enumerated() {
        operands[1 + position] = try dequantized(
          weights.data, scheme.graph.name(of: node.inputs[1 + position]), &builder)
      }
    }
    let result = try builder.apply(node.operation, operands, name: node.name)
    let output = try round(result, scheme.activations[node.outputs[0]], node.name, &builder)
    rounded[output] = output
    return [output]
  }

  /// An activation as integers hold it.
  private mutating func activation(
    _ old: Value, _ new: Value, readBy node: Node, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let name = scheme.graph.name(of: old)
    if let data = builder.constant(new) {
      // What is only moved has the scale of what it becomes part of.
      let isMoved = type(of: node.operation).quantization == .sameAsInput
      let own = QuantizationParameters(activations: data.range)
      let parameters = isMoved ? scheme.activations[node.outputs[0]] ?? own : own
      return try dequantized(data.quantized(parameters), name, &builder)
    }
    if let known = rounded[new] { return known }
    let result = try round(new, scheme.activations[old], name, &builder)
    rounded[new] = result
    return result
  }

  private func constants(
    of layer: QuantizedLayer, _ node: Node, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value] {
    guard let input = scheme.activations[node.inputs[0]] else {
      preconditionFailure("every activation has parameters")
    }
    return [
      try dequantized(layer.weights.data, "\(node.name)/weights", &builder),
      try dequantized(layer.biasData(input: input), "\(node.name)/bias", &builder),
    ]
  }

  private func dequantized(
    _ data: TensorData, _ name: String, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(
      Dequantize(), [builder.constant(data, name: name)], name: "\(name)/dequantized")
  }

  private func round(
    _ value: Value, _ parameters: QuantizationParameters?, _ name: String,
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let stored = try builder.apply(Quantize(), [value], quantization: parameters, name: name)
    return try builder.apply(Dequantize(), [stored], name: "\(name)/dequantized")
  }
}
