// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// The words that spellings are written in.

extension ImportedNode {
  func type(of value: Value) -> TensorType { builder.type(of: value) }

  func shape(of value: Value) -> Shape { builder.type(of: value).shape }

  /// Adds a node under the foreign node's name.
  ///
  /// An int8 output that is free to choose its quantisation has what the file declares for it.
  mutating func apply(
    _ operation: some Operator, _ inputs: [Value], quantization: QuantizationParameters? = nil
  ) throws(OperatorError) -> Value {
    try builder.apply(
      operation, inputs, quantization: quantization ?? outputQuantization(), name: name)
  }

  /// Applies an operator to the foreign node's only input.
  mutating func unary(_ operation: some Operator) throws(OperatorError) -> [Value] {
    [try apply(operation, [try input(0)])]
  }

  /// Applies an operator to the foreign node's two inputs.
  mutating func binary(_ operation: some Operator) throws(OperatorError) -> [Value] {
    [try apply(operation, [try input(0), try input(1)])]
  }

  /// Applies an operator on reals to the two inputs, or its like to plain integers.
  mutating func arithmetic(
    _ operation: some Operator, or function: IntegerArithmetic.Function
  ) throws(OperatorError) -> [Value] {
    let type = type(of: try input(0))
    let isInteger = (type.dtype == .int32 || type.dtype == .int64) && type.quantization == nil
    return try isInteger ? binary(IntegerArithmetic(function)) : binary(operation)
  }

  /// Applies an operator to the first two inputs, then to the result and each further one.
  mutating func chained(_ operation: some Operator) throws(OperatorError) -> [Value] {
    var result = try input(0)
    for index in inputs.indices.dropFirst() {
      result = try apply(operation, [result, try input(index)])
    }
    return [result]
  }

  /// Applies an operator to two inputs of truth values.
  mutating func logical(_ operation: some Operator) throws(OperatorError) -> [Value] {
    try type(of: try input(0)).check(dtype: .bool, input: 0)
    return try binary(operation)
  }

  /// The only integer of a required constant input.
  func index(_ input: Int) throws(OperatorError) -> Int {
    let values = try indices(input)
    guard values.count == 1 else {
      throw .elementCount(input: input, expected: 1, actual: values.count)
    }
    return values[0]
  }

  /// All inputs, none omitted.
  func allInputs() throws(OperatorError) -> [Value] {
    try inputs.indices.mapChecked { (index) throws(OperatorError) in try input(index) }
  }

  /// Height and width of an NHWC image.
  func imageExtent(of image: Value) -> Extent2D {
    Extent2D(shape(of: image)[1], shape(of: image)[2])
  }

  /// Adds a float32 constant.
  mutating func constant(_ shape: Shape, _ values: [Float]) -> Value {
    builder.constant(TensorData(shape, float32: values), name: name)
  }

  mutating func reshaped(_ value: Value, to extents: [Int]) throws(OperatorError) -> Value {
    let shape = try Shape(checked: extents)
    return shape == self.shape(of: value) ? value : try apply(Reshape(shape: shape), [value])
  }

  mutating func transposed(_ value: Value, _ permutation: [Int]) throws(OperatorError) -> Value {
    permutation == Array(0..<shape(of: value).rank)
      ? value : try apply(Transpose(permutation: permutation), [value])
  }

  /// The value in another scale and zero point; itself when it has them, or is not quantised.
  mutating func requantized(
    _ value: Value, to quantization: QuantizationParameters?
  ) throws(OperatorError) -> Value {
    guard let quantization, let current = type(of: value).quantization, current != quantization
    else { return value }
    let dtype: DType = type(of: value).dtype == .int16 ? .int16 : .int8
    return try apply(Quantize(dtype), [value], quantization: quantization)
  }

  /// The value in the scale and zero point that the file declares for output 0.
  ///
  /// For operators whose output has the quantisation of their input.
  mutating func asDeclared(_ value: Value) throws(OperatorError) -> Value {
    try requantized(value, to: outputQuantization())
  }

  /// A required input that must be foldable.
  func foldableInput(_ index: Int) throws(OperatorError) -> Value {
    let value = try input(index)
    guard builder.isFoldable(value) else { throw .inputNotConstant(input: index) }
    return value
  }

  /// A required input that must be an image, `[N, H, W, C]` or as the format has it.
  func image4D(_ index: Int) throws(OperatorError) -> Value {
    let value = try input(index)
    try type(of: value).check(rank: 4...4, input: index)
    return value
  }
}
