// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Converts float32 to int8, or int8 to another scale and zero point.
///
/// Rounds to nearest even and saturates; NaN becomes the zero point.
package struct Quantize: Operator, Hashable {
  package static let name = "Quantize"
  package static let spellings: [Spelling] = [
    .onnx("QuantizeLinear", since: 10) { node throws(OperatorError) in
      let x = try node.input(0)
      let (quantization, _) = try node.onnxQuantization(of: x)
      // Scales for each channel are for weights, which are known.
      guard quantization.perTensor != nil || node.builder.isFoldable(x) else {
        throw .quantizationUnsupported(input: 1)
      }
      return [try node.apply(Quantize(), [x], quantization: quantization)]
    },
    .tflite(114) { node throws(OperatorError) in try node.unary(Quantize()) },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    return [TensorType(.int8, inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] { inputs }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    if try node.isQuantized() { return try node.lookup { $0 } }
    let y = try node.outputQuantization()
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_s8_quantize,
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
  ]
}
