// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Converts float32 to int8 or int16, or either to another scale, zero point or width.
///
/// Rounds to nearest even and saturates; NaN becomes the zero point.
package struct Quantize: Operator, Hashable {
  package static let name = "Quantize"
  package static let spellings: [Spelling] = [
    .onnx("QuantizeLinear", since: 10) { node throws(OperatorError) in
      let x = try node.input(0)
      let (quantization, stated) = try node.onnxQuantization(of: x)
      try node.requireSymmetricInt16(stated, quantization, of: x)
      // Scales for each channel are for weights, which are known.
      guard quantization.perTensor != nil || node.builder.isFoldable(x) else {
        throw .quantizationUnsupported(input: 1)
      }
      let operation = Quantize(stated == .int16 ? .int16 : .int8)
      return [try node.apply(operation, [x], quantization: quantization)]
    },
    .tflite(114) { node throws(OperatorError) in
      try node.unary(Quantize(node.outputs.first?.dtype == .int16 ? .int16 : .int8))
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  /// The type of the integers: int8, or int16, which has no zero point but 0.
  package var dtype: DType

  package init(_ dtype: DType = .int8) { self.dtype = dtype }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkActivation(input: 0)
    precondition(dtype == .int8 || dtype == .int16, "integers of activations")
    return [TensorType(dtype, inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] { inputs }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    switch (try node.activationType(), dtype) {
    case (.int8, .int8): return try node.lookup { $0 }
    case (.int8, _), (.int16, _): return try node.requantization()
    default: break
    }
    let y = try node.outputQuantization()
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        dtype == .int16 ? .UK_CONTRACT_f32_s16_quantize : .UK_CONTRACT_f32_s8_quantize,
        parameters: uk_quantize_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), scale: y.scale,
          zero_point: y.zeroPoint),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Samples

extension Quantize {
  package static let samples: [Sample] = [
    Sample(
      "from float32", Quantize(), [.variable(.float([3, 450]), -4...4)],
      outputQuantization: QuantizationParameters(scale: 0.021, zeroPoint: -7)),
    Sample(
      "from int8", Quantize(), [.variable(.int8([3, 45], scale: 0.02, zeroPoint: 8))],
      outputQuantization: QuantizationParameters(scale: 0.021, zeroPoint: -7)),
    Sample(
      "float32 to int16", Quantize(.int16), [.variable(.float([3, 450]), -4...4)],
      outputQuantization: QuantizationParameters(scale: 1e-4, zeroPoint: 0)),
    Sample(
      "int8 to int16", Quantize(.int16), [.variable(.int8([3, 45], scale: 0.02, zeroPoint: 8))],
      outputQuantization: QuantizationParameters(scale: 7e-5, zeroPoint: 0)),
    Sample(
      "int16 to int8", Quantize(), [.variable(.int16([3, 45], scale: 6e-5))],
      outputQuantization: QuantizationParameters(scale: 0.014, zeroPoint: -7)),
    Sample(
      "int16 to int16", Quantize(.int16), [.variable(.int16([3, 45], scale: 6e-5))],
      outputQuantization: QuantizationParameters(scale: 5e-5, zeroPoint: 0)),
  ]
}
