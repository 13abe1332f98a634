// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Computes in int8 or int16 what a model computes in float between dequantising and quantising.
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
          node.operation, producer.inputs, quantization: quantization, name: node.name)
      }
      guard isReadOnce[node.inputs[0].id],
        let integers = IntegerForm(of: producer, graph.type(of: node.outputs[0]), builder)
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
  /// What the model rounds to.
  private let stored: TensorType

  /// The form of a node; `nil` when it has none that a kernel computes.
  init?(of node: Node, _ stored: TensorType, _ builder: GraphBuilder) {
    operation = stored.quantization.map { node.operation.integers(holding: $0) } ?? node.operation
    self.stored = stored
    inputs = node.inputs.map { input in
      builder.producer(of: input, as: Dequantize.self)?.inputs[0] ?? input
    }
    var types = inputs.map { builder.type(of: $0) }
    // Parts of a concatenation are brought to the scale of the whole first.
    if operation is Concatenation, types.allSatisfy({ $0.isStored }) {
      for index in types.indices {
        types[index] = TensorType(
          stored.dtype, types[index].shape, quantization: stored.quantization)
      }
    }
    guard types[0].isStored, var output = try? operation.inferTypes(types).first else {
      return nil
    }
    switch Swift.type(of: operation).quantization {
    case .freeOutputScale where output.dtype == stored.dtype:
      output.quantization = stored.quantization
    case .freeOutputScale: return nil
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
      for index in inputs.indices where !isRounded(builder.type(of: inputs[index])) {
        inputs[index] = try builder.apply(
          Quantize(stored.dtype), [inputs[index]], quantization: stored.quantization, name: name)
      }
    }
    let result = try builder.add(
      operation, inputs, quantization: output.quantization, name: name)
    guard !isRounded(output) else { return result }
    return try builder.add(
      Quantize(stored.dtype), result, quantization: stored.quantization, name: name)
  }

  /// Whether numbers are stored as the model rounds them.
  private func isRounded(_ type: TensorType) -> Bool {
    type.dtype == stored.dtype && type.quantization == stored.quantization
  }
}

extension TensorType {
  /// Whether kernels compute on such integers.
  fileprivate var isStored: Bool { dtype == .int8 || dtype == .int16 }
}
