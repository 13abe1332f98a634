// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// What losses of class scores share: scores and targets are `[B, C]`.

/// `−log softmax(x)` of a row: how surprising each class is.
func surprises(_ x: some Collection<Double>) -> [Double] {
  let greatest = x.reduce(-.infinity, max)
  let sum = x.reduce(0) { $0 + exponential($1 - greatest) }
  return x.map { logarithm(sum) - ($0 - greatest) }
}

extension GraphBuilder {
  /// `−log softmax(x)` over the last axis of `[B, C]`, as `log Σ exp(x − max) − (x − max)`.
  mutating func surprises(_ x: Value) throws(OperatorError) -> Value {
    let below = try difference(x, try apply(Reduce(.maximum, axes: 1...1), [x]))
    let powers = try apply(Exponential(), [below])
    let logarithm = try apply(Logarithm(), [try apply(Reduce(.sum, axes: 1...1), [powers])])
    return try difference(logarithm, below)
  }

  /// `dy · (softmax(beta · x) · Σt − t)`: the gradient by x of `Σ t · surprises(beta · x) / beta`.
  ///
  /// `dy` is `[B, 1]`.
  mutating func softmaxExcess(
    _ x: Value, over t: Value, beta: Float = 1, times dy: Value
  ) throws(OperatorError) -> Value {
    let probabilities = try apply(Softmax(beta: beta), [x])
    let weight = try apply(Reduce(.sum, axes: 1...1), [t])
    return try product(try difference(try product(probabilities, weight), t), dy)
  }
}
