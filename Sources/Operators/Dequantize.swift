// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Converts quantised integers, or float16, to float32.
///
/// Int8 activations have a kernel; the other types are for constants, which the compiler folds.
package struct Dequantize: Operator, Hashable {
  package static let name = "Dequantize"
  package static let spellings: [Spelling] = []
  package static let samples: [Sample] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .int8, .uint8, .int16, .int32, .float16, input: 0)
    if !inputs[0].dtype.isFloat, inputs[0].quantization == nil {
      throw .quantizationMissing(input: 0)
    }
    return [TensorType(.float32, inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] { inputs }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.inputs[0].check(dtype: .int8, input: 0)
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_s8_f32_dequantize,
        parameters: uk_quantize_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), scale: x.scale,
          zero_point: x.zeroPoint),
        operands: [.input(0), .output(0)]))
  }
}
