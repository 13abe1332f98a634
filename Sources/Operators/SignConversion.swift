// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Converts between uint8 and int8 that stand for the same numbers: stored values and zero point
/// move by 128.
///
/// Graphs calculate in int8; this stands behind the uint8 inputs of a model and before its uint8
/// outputs. Any shape; one scale for all elements.
package struct SignConversion: Operator, Hashable {
  package static let name = "SignConversion"
  package static let spellings: [Spelling] = []  // importers add it at the ports
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let x = inputs[0]
    try x.check(dtype: .int8, .uint8, input: 0)
    guard x.shape.elementCount > 0 else { throw .emptyOutput }
    guard let quantization = x.quantization else { throw .quantizationMissing(input: 0) }
    let range: ClosedRange<Int32> = x.dtype == .int8 ? -128...127 : 0...255
    guard let (scale, zeroPoint) = quantization.perTensor, range.contains(zeroPoint),
      scale.isNormal
    else { throw .quantizationUnsupported(input: 0) }
    return [x.withOtherSign]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] { inputs }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        node.inputs[0].dtype == .int8
          ? .UK_CONTRACT_s8_u8_convert : .UK_CONTRACT_u8_s8_convert,
        parameters: uk_matrix_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), reserved: (0, 0)),
        operands: [.input(0), .output(0)], overwritableInputs: [0]))
  }
}

extension TensorType {
  /// int8 for uint8 and the other way round, meaning the same numbers: stored values and zero
  /// points 128 lower, or higher.
  ///
  /// - Precondition: the dtype is one of the two.
  package var withOtherSign: TensorType {
    precondition(dtype == .int8 || dtype == .uint8, "a dtype of 8 bits")
    let (other, offset): (DType, Int32) = dtype == .int8 ? (.uint8, 128) : (.int8, -128)
    return TensorType(other, shape, quantization: quantization?.moved(by: offset))
  }
}

extension TensorData {
  /// The same numbers in the other dtype; see `TensorType.withOtherSign`.
  package var withOtherSign: TensorData {
    TensorData(type.withOtherSign, bytes: bytes.map { $0 ^ 0x80 })
  }
}

extension QuantizationParameters {
  /// The same scales with other zero points.
  fileprivate func moved(by offset: Int32) -> QuantizationParameters {
    let zeroPoints = zeroPoints.map { $0 &+ offset }
    return switch granularity {
    case .perTensor: QuantizationParameters(scale: scales[0], zeroPoint: zeroPoints[0])
    case .perChannel(let axis):
      QuantizationParameters(axis: axis, scales: scales, zeroPoints: zeroPoints)
    case .blocks: preconditionFailure("blocks are of constants in int8")
    }
  }
}

// MARK: - Samples

extension SignConversion {
  package static let samples: [Sample] = [
    Sample(
      "from int8", SignConversion(), [.variable(.int8([3, 37], scale: 0.02, zeroPoint: 8))]),
    Sample(
      "from uint8", SignConversion(),
      [.variable(TensorType.int8([3, 37], scale: 0.02, zeroPoint: -128).withOtherSign)]),
  ]
}
