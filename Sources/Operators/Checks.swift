// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Checks that several operators make of their inputs.

extension TensorType {
  func check(rank: ClosedRange<Int>, input: Int) throws(OperatorError) {
    guard rank.contains(shape.rank) else {
      throw .rank(input: input, expected: rank, actual: shape.rank)
    }
    guard shape.elementCount > 0 else { throw .emptyOutput }
  }

  /// Checks extents that may come from two inputs and so, together, be too large for a shape.
  func check(extents: [Int], input: Int) throws(OperatorError) {
    guard shape.extents != extents else { return }
    guard let expected = Shape(checking: extents) else { throw .tooLarge }
    throw .shape(input: input, expected: expected, actual: shape)
  }

  func check(dtype expected: DType..., input: Int) throws(OperatorError) {
    try check(dtype: expected, input: input)
  }

  func check(dtype expected: [DType], input: Int) throws(OperatorError) {
    guard expected.contains(dtype) else { throw .dtype(input: input, actual: dtype) }
  }

  /// Checks for what kernels calculate with: `float32`, or `int8` with one scale for all.
  func checkArithmetic(input: Int) throws(OperatorError) {
    try check(dtype: .float32, .int8, input: input)
    guard shape.elementCount > 0 else { throw .emptyOutput }
    if dtype == .int8 { _ = try perTensorQuantization(input: input) }
  }

  /// The same, or `int16` with one scale for all and no zero point but 0.
  func checkActivation(input: Int) throws(OperatorError) {
    guard dtype == .int16 else { return try checkArithmetic(input: input) }
    guard shape.elementCount > 0 else { throw .emptyOutput }
    _ = try perTensorQuantization(input: input)
  }

  /// The scale and zero point that all elements share.
  func perTensorQuantization(input: Int) throws(OperatorError) -> (scale: Float, zeroPoint: Int32) {
    guard let quantization else { throw .quantizationMissing(input: input) }
    guard let parameters = quantization.arithmetic(in: dtype) else {
      throw .quantizationUnsupported(input: input)
    }
    return parameters
  }

  /// The type of a result of other values: its quantisation is left to the graph.
  func output(_ shape: Shape) -> TensorType { TensorType(dtype, shape) }

  /// The type of the same values elsewhere: their quantisation stays.
  func moved(to shape: Shape) -> TensorType {
    TensorType(dtype, shape, quantization: quantization)
  }
}

extension QuantizationParameters {
  /// The scale and zero point that all elements share, where kernels calculate with them.
  fileprivate func arithmetic(in dtype: DType) -> (scale: Float, zeroPoint: Int32)? {
    let zeroPoints: ClosedRange<Int32> = dtype == .int16 ? 0...0 : -128...127
    guard let parameters = perTensor, zeroPoints.contains(parameters.zeroPoint),
      parameters.scale.isNormal
    else { return nil }
    return parameters
  }
}

extension Shape {
  /// Creates a shape of at least one element from computed extents.
  init(checked extents: [Int]) throws(OperatorError) {
    guard let shape = Shape(checking: extents) else { throw .tooLarge }
    guard shape.elementCount > 0 else { throw .emptyOutput }
    self = shape
  }

  /// An axis counted from the front; a negative one counts from the last.
  func axis(_ axis: Int) throws(OperatorError) -> Int {
    guard -rank..<rank ~= axis else { throw .axis(axis, rank: rank) }
    return axis < 0 ? axis + rank : axis
  }
}

extension NodeContext {
  /// Scale and zero point of the output.
  func outputQuantization() throws(OperatorError) -> (scale: Float, zeroPoint: Int32) {
    guard let parameters = outputs[0].quantization?.arithmetic(in: outputs[0].dtype) else {
      throw .outputQuantizationMissing
    }
    return parameters
  }

  /// What the node computes on: float32, int8 or int16.
  func activationType() throws(OperatorError) -> DType {
    try inputs[0].checkActivation(input: 0)
    return inputs[0].dtype
  }

  /// Whether the node computes in int8; `false` means float32.
  ///
  /// Int16 is refused.
  func isQuantized() throws(OperatorError) -> Bool {
    try inputs[0].checkArithmetic(input: 0)
    return inputs[0].dtype == .int8
  }
}
