// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Converts quantised integers, or float16, to float32.
///
/// Int8 and int16 activations have a kernel; the other types are for constants, which the compiler
/// folds.
package struct Dequantize: Operator, Hashable {
  package static let name = "Dequantize"
  package static let spellings: [Spelling] = [
    .onnx("DequantizeLinear", since: 10, fromONNX),
    .tflite(6) { node throws(OperatorError) in try node.unary(Dequantize()) },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .int8, .uint8, .int16, .int32, .float16, input: 0)
    guard inputs[0].shape.elementCount > 0 else { throw .emptyOutput }
    if !inputs[0].dtype.isFloat, inputs[0].quantization == nil {
      throw .quantizationMissing(input: 0)
    }
    return [TensorType(.float32, inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] { inputs }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.inputs[0].check(dtype: .int8, .int16, input: 0)
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        node.inputs[0].dtype == .int16
          ? .UK_CONTRACT_s16_f32_dequantize : .UK_CONTRACT_s8_f32_dequantize,
        parameters: uk_quantize_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), scale: x.scale,
          zero_point: x.zeroPoint),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Samples

extension Dequantize {
  package static let samples: [Sample] = [
    Sample("from int8", Dequantize(), [.variable(.int8([3, 450], scale: 0.02, zeroPoint: 8))]),
    Sample("from int16", Dequantize(), [.variable(.int16([3, 450], scale: 6e-5))]),
  ]
}

// MARK: - Spellings

extension Dequantize {
  private static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let (quantization, stated) = try node.onnxQuantization(of: x)
    if let known = node.type(of: x).quantization {
      guard known == quantization else { throw .quantizationUnsupported(input: 0) }
      try node.requireSymmetricInt16(stated, quantization, of: x)
      return try node.unary(Dequantize())
    }
    guard let integers = node.builder.constant(x) else { throw .quantizationMissing(input: 0) }
    let isUnsigned = stated == .uint8
    try integers.type.check(dtype: isUnsigned ? [.uint8] : [.int8, .int16, .int32], input: 0)
    // uint8 becomes int8 by taking 128 from stored values and zero points.
    let type = TensorType(
      isUnsigned ? .int8 : integers.type.dtype, integers.type.shape, quantization: quantization)
    let bytes = isUnsigned ? integers.bytes.map { $0 ^ 0x80 } : integers.bytes
    let constant = node.builder.constant(
      TensorData(type, bytes: bytes), name: node.builder.name(of: x))
    return [try node.apply(Dequantize(), [constant])]
  }
}
