// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Limits every element to a range: ReLU, ReLU6, Clip.
///
/// Any shape; float32, int8 or int16. NaN becomes the lower bound.
package struct Clamp: Operator, Hashable {
  package static let name = "Clamp"
  package static let spellings: [Spelling] = [
    .onnx("Relu", since: 1) { node throws(OperatorError) in try node.unary(Clamp(range: .relu)) },
    .onnx("Clip", since: 1) { node throws(OperatorError) in
      let range = try clipRange(
        min: try node.attributes.float("min", default: -.infinity),
        max: try node.attributes.float("max", default: .infinity))
      return try node.unary(Clamp(range: range))
    },
    .onnx("Clip", since: 11) { node throws(OperatorError) in
      let range = try clipRange(
        min: try node.scalar(1) ?? -.infinity, max: try node.scalar(2) ?? .infinity)
      return try node.unary(Clamp(range: range))
    },
    .tflite(19) { node throws(OperatorError) in try node.unary(Clamp(range: .relu)) },
    .tflite(20) { node throws(OperatorError) in try node.unary(Clamp(range: .reluN1To1)) },
    .tflite(21) { node throws(OperatorError) in try node.unary(Clamp(range: .relu6)) },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.freeOutputScale

  package var range: ActivationRange

  package init(range: ActivationRange) { self.range = range }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkActivation(input: 0)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [inputs[0].map { range($0) }]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    switch try node.activationType() {
    case .int8: return try node.lookup { range($0) }
    case .int16: return try node.requantization(range: range)
    default: break
    }
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_clamp,
        parameters: uk_f32_unary_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: range.min,
          max: range.max),
        operands: [.input(0), .output(0)], overwritableInputs: [0]))
  }
}

// MARK: - Gradient

extension Clamp: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.clampGradient(node.outputGradient, of: node.outputs[0], range)]
  }
}

// MARK: - Samples

extension Clamp {
  package static let samples: [Sample] = [
    Sample("float32, relu", Clamp(range: .relu), [.variable(.float([3, 50]))]),
    Sample("float32, relu6", Clamp(range: .relu6), [.variable(.float([2, 3, 700]), -9...9)]),
    Sample(
      "int8", Clamp(range: .reluN1To1), [.variable(.int8([1500], scale: 0.02, zeroPoint: -30))],
      outputQuantization: QuantizationParameters(scale: 0.01, zeroPoint: 3)),
    Sample(
      "int16", Clamp(range: .reluN1To1), [.variable(.int16([1500], scale: 7e-5))],
      outputQuantization: QuantizationParameters(scale: 4e-5, zeroPoint: 0)),
  ]
}

// MARK: - Spellings

extension Clamp {
  /// ONNX: where the bounds cross, everything becomes the upper one.
  private static func clipRange(min: Float, max: Float) throws(OperatorError) -> ActivationRange {
    guard !min.isNaN else { throw .attributeValue("min", .float(min)) }
    guard !max.isNaN else { throw .attributeValue("max", .float(max)) }
    return ActivationRange(min: Swift.min(min, max), max: max)
  }
}
