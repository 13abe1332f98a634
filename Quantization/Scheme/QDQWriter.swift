// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// Writes a scheme as a graph of float nodes between dequantising and quantising.
struct QDQWriter {
  private let scheme: QuantizationScheme

  /// What integers of a width hold of a value of the new graph, as reals.
  private var rounded: [Precision: [Value: Value]] = [:]

  init(_ scheme: QuantizationScheme) { self.scheme = scheme }

  func graph() throws(OperatorError) -> Graph {
    var writer = self
    return try scheme.graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let index = writer.scheme.graph.producer(of: node.outputs[0]),
        writer.scheme.placement.precisions[index] != .float32
      else { return nil }
      return try writer.add(
        node, at: index, in: writer.scheme.placement.precisions[index], inputs, &builder)
    }
  }

  /// A stretch of nodes by itself, from what nodes before it gave, as reals, to other values.
  func graph(
    of nodes: Range<Int>, from inputs: [Value], to outputs: [Value]
  ) throws(OperatorError) -> Graph {
    var writer = self
    var builder = GraphBuilder()
    let old = scheme.graph
    var known: [Value: Value] = [:]
    for value in inputs { known[value] = builder.input("\(value.id)", old.type(of: value)) }
    for index in nodes {
      let node = old.nodes[index]
      for input in node.inputs where known[input] == nil {
        guard let data = old.constant(input) else { preconditionFailure("value is not given") }
        known[input] = builder.constant(data, name: old.name(of: input))
      }
      let operands = node.inputs.compactMap { known[$0] }
      let precision = scheme.placement.precisions[index]
      let results =
        precision == .float32
        ? try builder.copy(node, inputs: operands, from: old)
        : try writer.add(node, at: index, in: precision, operands, &builder)
      for (value, result) in zip(node.outputs, results) { known[value] = result }
    }
    for value in outputs {
      if let result = known[value] { builder.output("\(value.id)", result) }
    }
    return builder.finish()
  }

  /// Adds an integer node and returns what it computes, rounded.
  private mutating func add(
    _ node: Node, at index: Int, in precision: Precision, _ inputs: [Value],
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value] {
    let activations = scheme.graph.activations(of: index)
    var operands: [Value] = []
    for (old, new) in zip(node.inputs, inputs) {
      guard activations.contains(old) else {
        operands.append(new)
        continue
      }
      operands.append(try activation(old, new, readBy: node, in: precision, &builder))
    }
    if let layer = scheme.layers[index] {
      operands = [operands[0]] + (try constants(of: layer, node, in: precision, &builder))
    } else if let weights = scheme.recurrentWeights[index] {
      for (position, weights) in weights.enumerated() {
        operands[1 + position] = try dequantized(
          weights.data, scheme.graph.name(of: node.inputs[1 + position]), &builder)
      }
    }
    let result = try builder.apply(node.operation, operands, name: node.name)
    let output = try round(result, node.outputs[0], in: precision, node.name, &builder)
    rounded[precision, default: [:]][output] = output
    return [output]
  }

  /// An activation as integers hold it.
  private mutating func activation(
    _ old: Value, _ new: Value, readBy node: Node, in precision: Precision,
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let name = scheme.graph.name(of: old)
    if let data = builder.constant(new) {
      // What is only moved has the scale of what it becomes part of.
      let isMoved = type(of: node.operation).quantization == .sameAsInput
      let moved = isMoved ? scheme.parameters(of: node.outputs[0], in: precision) : nil
      return try dequantized(data.quantized(in: precision, moved), name, &builder)
    }
    if let known = rounded[precision]?[new] { return known }
    let result = try round(new, old, in: precision, name, &builder)
    rounded[precision, default: [:]][new] = result
    return result
  }

  private func constants(
    of layer: QuantizedLayer, _ node: Node, in precision: Precision,
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value] {
    let weights = try dequantized(layer.weights.data, "\(node.name)/weights", &builder)
    if precision == .int16 {
      // In units of int16 a bias may have more than 32 bits.
      let bias = TensorData([layer.bias.count], float32: layer.bias)
      return [weights, builder.constant(bias, name: "\(node.name)/bias")]
    }
    guard let input = scheme.activations[node.inputs[0]] else {
      preconditionFailure("every activation has parameters")
    }
    return [
      weights, try dequantized(layer.biasData(input: input), "\(node.name)/bias", &builder),
    ]
  }

  private func dequantized(
    _ data: TensorData, _ name: String, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(
      Dequantize(), [builder.constant(data, name: name)], name: "\(name)/dequantized")
  }

  private func round(
    _ value: Value, _ old: Value, in precision: Precision, _ name: String,
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let parameters = scheme.parameters(of: old, in: precision)
    let stored = try builder.apply(
      Quantize(precision.dtype), [value], quantization: parameters, name: name)
    return try builder.apply(Dequantize(), [stored], name: "\(name)/dequantized")
  }
}
