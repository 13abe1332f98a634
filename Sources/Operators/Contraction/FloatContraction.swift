// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The constants of a float32 contraction.
struct FloatContraction {
  let weights: [Float]

  /// One for each output channel; 0 where the node has no bias.
  let bias: [Float]

  init(_ node: NodeContext, outputChannels: Int) throws(OperatorError) {
    weights = try node.constant(1).float32Values
    bias = try node.floatBias(outputChannels: outputChannels)
  }

  /// The bias as the kernels' operand.
  var columnOperands: [KernelRequest.Operand] { [.columns(bias, .float32)] }
}

extension NodeContext {
  /// The float32 bias, input 2; zeros where the node has none.
  func floatBias(outputChannels: Int) throws(OperatorError) -> [Float] {
    inputs.count > 2
      ? try constant(2).float32Values : [Float](repeating: 0, count: outputChannels)
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
