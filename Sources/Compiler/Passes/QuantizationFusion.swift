// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Computes in int8 what a model computes in float between dequantising and quantising.
  ///
  /// This is what such a model (QDQ in ONNX) means: its float arithmetic only stands for the
  /// integers'. The result is rounded once, where the model rounds; a recurrent layer reads it as
  /// it was rounded.
  package static let quantizationFusion = Pass("quantization fusion") {
    (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.operation is Quantize, let producer = builder.producer(of: inputs[0]),
        let quantization = graph.type(of: node.outputs[0]).quantization
      else { return nil }
      if producer.operation is Dequantize {
        return try builder.add(
          Quantize(), producer.inputs, quantization: quantization, name: node.name)
      }
      guard isReadOnce[node.inputs[0].id],
        let integers = IntegerForm(of: producer, quantization, builder)
      else { return nil }
      return try integers.add(to: &builder, name: node.name)
    }
  }
}

extension Operator {
  /// The operator as integers compute it, with the scale of what it gives.
  package func integers(holding quantization: QuantizationParameters) -> any Operator {
    guard var recurrent = self as? any RecurrentOperator else { return self }
    recurrent.hidden = quantization
    return recurrent
  }
}

/// A float node between dequantisations and a quantisation, as a node on the stored integers.
private struct IntegerForm {
  private let operation: any Operator
  private let inputs: [Value]
  private let output: TensorType
  private let quantization: QuantizationParameters

  /// The form of a node; `nil` when it has none that a kernel computes.
  init?(of node: Node, _ quantization: QuantizationParameters, _ builder: GraphBuilder) {
    operation = node.operation.integers(holding: quantization)
    self.quantization = quantization
    inputs = node.inputs.map { input in
      builder.producer(of: input, as: Dequantize.self)?.inputs[0] ?? input
    }
    var types = inputs.map { builder.type(of: $0) }
    // Parts of a concatenation are brought to the scale of the whole first.
    if operation is Concatenation, types.allSatisfy({ $0.dtype == .int8 }) {
      for index in types.indices { types[index].quantization = quantization }
    }
    guard types[0].dtype == .int8, var output = try? operation.inferTypes(types).first else {
      return nil
    }
    switch Swift.type(of: operation).quantization {
    case .freeOutputScale: output.quantization = quantization
    case .sameAsInput: break
    case .floatOnly, .conversion: return nil
    }
    self.output = output
    let context = NodeContext(
      inputs: types, outputs: [output], constants: inputs.map { builder.constant($0) },
      floatClass: .muladd)
    guard (try? operation.lower(context)) != nil else { return nil }
  }

  func add(to builder: inout GraphBuilder, name: String) throws(OperatorError) -> [Value] {
    var inputs = inputs
    if operation is Concatenation {
      for index in inputs.indices where builder.type(of: inputs[index]).quantization != quantization
      {
        inputs[index] = try builder.apply(
          Quantize(), [inputs[index]], quantization: quantization, name: name)
      }
    }
    let result = try builder.add(
      operation, inputs, quantization: output.quantization, name: name)
    guard output.quantization != quantization else { return result }
    return try builder.add(Quantize(), result, quantization: quantization, name: name)
  }
}
