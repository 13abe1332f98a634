// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A loss: for each sample of a batch how far what was predicted is from what was to be.
///
/// The output is `[B]`: what a sample weighs, 1/B where the mean over the batch is meant, is the
/// gradient that it is seeded with. Expanded to other operators; float32 only.
package protocol Loss: CompositeOperator, DifferentiableOperator, Hashable {}

extension Loss {
  package static var spellings: [Spelling] { [] }
  package static var quantization: QuantizationRule { .floatOnly }
}

extension Loss {
  /// The type of the losses of samples along the first axis.
  func inferLosses(
    _ inputs: [TensorType], rank: ClosedRange<Int>
  ) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: rank, input: 0)
    try checkFloats(inputs, whole: inputs.count)
    return [inputs[0].output([inputs[0].shape[0]])]
  }
}

extension ReferenceTensor {
  /// The elements of each entry along the first axis.
  var samples: [ArraySlice<Double>] {
    let size = values.count / shape[0]
    return (0..<shape[0]).map { values[$0 * size..<($0 + 1) * size] }
  }
}

extension GraphBuilder {
  /// What is left of each sample when the axes behind the first are reduced: `[B, …]` gives `[B]`.
  mutating func ofSamples(_ kind: Reduce.Kind, _ value: Value) throws(OperatorError) -> Value {
    let shape = shape(of: value)
    let flat = try reshaped(value, as: [shape[0], shape.elementCount / shape[0]])
    return try reshaped(try apply(Reduce(kind, axes: 1...1), [flat]), as: [shape[0]])
  }

  /// One number for each sample, `[B]`, in a shape that broadcasts to `[B, …]` of a rank.
  mutating func forSamples(_ value: Value, rank: Int) throws(OperatorError) -> Value {
    let batch = shape(of: value)[0]
    return try reshaped(value, as: Shape([batch] + [Int](repeating: 1, count: rank - 1)))
  }

  /// `max(value, 0)`; NaN stays NaN.
  mutating func positivePart(_ value: Value) throws(OperatorError) -> Value {
    let zero = scalar(0)
    let isBelow = try apply(Comparison(.less), [value, zero])
    return try apply(Select(), [isBelow, zero, value])
  }

  /// The gradient of `positivePart`: 0 where the value is not above 0.
  mutating func positivePartGradient(
    _ gradient: Value, of value: Value
  ) throws(OperatorError) -> Value {
    let zero = scalar(0)
    let isBelow = try apply(Comparison(.lessOrEqual), [value, zero])
    return try apply(Select(), [isBelow, zero, gradient])
  }
}
