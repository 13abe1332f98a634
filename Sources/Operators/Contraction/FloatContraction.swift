// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension NodeContext {
  /// The float32 weights, input 1, as the kernels' operand: themselves where they are packed, else
  /// packed here.
  func weightsOperand(
    isPacked: Bool, _ pack: ([Float]) -> [Float]
  ) throws(OperatorError) -> KernelRequest.Operand {
    isPacked ? .input(1) : .table(pack(try constant(1).float32Values), .float32)
  }

  /// The float32 bias, input 2, as the kernels' operand: padded here where it is a constant.
  ///
  /// - Throws: `OperatorError.inputNotConstant` for one that is none and has to be padded.
  func biasOperand(outputChannels: Int) throws(OperatorError) -> KernelRequest.Operand {
    guard inputs.count > 2, constants[2] == nil, inputs[2].shape.elementCount % panelWidth == 0
    else { return .columns(try floatBias(outputChannels: outputChannels), .float32) }
    return .input(2)
  }

  /// The constant float32 bias, input 2; zeros where the node has none.
  func floatBias(outputChannels: Int) throws(OperatorError) -> [Float] {
    guard inputs.count > 2 else { return [Float](repeating: 0, count: outputChannels) }
    return Array(try constant(2).float32Values.prefix(outputChannels))
  }
}

extension KernelRequest.Operand {
  /// A constant with one entry for each column, padded with 0 to a multiple of 16.
  static func columns<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    _ values: [Element], _ dtype: DType
  ) -> KernelRequest.Operand {
    .constant(littleEndianBytes(of: padColumns(values, columns: values.count)), dtype)
  }

  /// A constant as it stands.
  static func table<Element: BitwiseCopyable>(
    _ values: [Element], _ dtype: DType
  ) -> KernelRequest.Operand {
    .constant(littleEndianBytes(of: values), dtype)
  }
}
