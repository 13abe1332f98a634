// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// The words that operators' gradients are written in.

extension GraphBuilder {
  package func shape(of value: Value) -> Shape { type(of: value).shape }

  /// A float32 constant of one element that broadcasts.
  package mutating func scalar(_ number: Float) -> Value {
    constant(
      TensorData(TensorType(.float32, Shape([1])), bytes: littleEndianBytes(of: number)))
  }

  /// A float32 constant `[count]` of equal elements.
  package mutating func vector(_ count: Int, of number: Float) -> Value {
    constant(TensorData([count], float32: [Float](repeating: number, count: count)))
  }

  /// `value · factor`; the value itself where that is 1.
  package mutating func scaled(_ value: Value, by factor: Float) throws(OperatorError) -> Value {
    factor == 1 ? value : try apply(Multiply(), [value, scalar(factor)])
  }

  package mutating func product(_ a: Value, _ b: Value) throws(OperatorError) -> Value {
    try apply(Multiply(), [a, b])
  }

  package mutating func sum(_ a: Value, _ b: Value) throws(OperatorError) -> Value {
    try apply(Add(), [a, b])
  }

  package mutating func difference(_ a: Value, _ b: Value) throws(OperatorError) -> Value {
    try apply(Subtract(), [a, b])
  }

  /// The gradient of what was clamped to a range, by its result: 0 where that is at or beyond a
  /// bound.
  package mutating func clampGradient(
    _ gradient: Value, of result: Value, _ range: ActivationRange
  ) throws(OperatorError) -> Value {
    range == .none ? gradient : try apply(ClampGradient(range: range), [gradient, result])
  }

  package mutating func negated(_ value: Value) throws(OperatorError) -> Value {
    try apply(Negate(), [value])
  }

  /// The same elements in another shape.
  package mutating func reshaped(
    _ value: Value, as shape: Shape
  ) throws(OperatorError) -> Value {
    self.shape(of: value) == shape ? value : try apply(Reshape(shape: shape), [value])
  }

  /// The gradient of a value that was broadcast to the shape of `gradient`: the sum of what each of
  /// its elements was used for.
  package mutating func summed(
    _ gradient: Value, to shape: Shape
  ) throws(OperatorError) -> Value {
    let whole = self.shape(of: gradient).extents
    guard whole != shape.extents else { return gradient }
    let own = [Int](repeating: 1, count: whole.count - shape.rank) + shape.extents
    var sum = gradient
    var axis = 0
    while axis < whole.count {
      guard own[axis] == 1, whole[axis] != 1 else {
        axis += 1
        continue
      }
      var end = axis
      while end + 1 < whole.count, own[end + 1] == 1 { end += 1 }
      sum = try summed(sum, over: axis...end)
      axis = end + 1
    }
    return try reshaped(sum, as: shape)
  }

  /// The sum over neighbouring axes, which stay with extent 1.
  private mutating func summed(
    _ value: Value, over axes: ClosedRange<Int>
  ) throws(OperatorError) -> Value {
    try apply(Reduce(.sum, axes: axes), [value])
  }

  /// A value repeated along the axes where it has extent 1, or lacks an outer axis.
  package mutating func expanded(
    _ value: Value, to shape: Shape
  ) throws(OperatorError) -> Value {
    self.shape(of: value) == shape ? value : try apply(Expand(shape: shape), [value])
  }
}
