// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension GradientCase {
  /// Forms of operators that no sample has and whose gradients are nodes of their own.
  static let forms: [GradientCase] = [
    form("row less column", Subtract(activation: .relu), [[7], [5, 1]]),
    form("b shared by batches", MatMul(), [[2, 3, 5, 4], [1, 1, 4, 6]]),
    form("transposed b shared", MatMul(isTransposed: true), [[3, 5, 4], [6, 4]]),
    form("a shared", MatMul(), [[5, 4], [3, 4, 6]]),
    form("both repeated", MatMul(isTransposed: true), [[2, 1, 5, 4], [1, 3, 6, 4]]),
    form("mean of all", Reduce(.mean, axes: 0...2), [[2, 3, 5]]),
    form("inner axis expanded", Expand(shape: [2, 3, 4, 5]), [[3, 1, 5]]),
    form("axes turned", Transpose(permutation: [1, 2, 0]), [[2, 3, 4]]),
    form("gap at the end", Slice(start: [1, 0], step: [3, 1], count: [2, 4]), [[6, 4]]),
    form(
      "backwards by three", Slice(start: [0, 6, 1], step: [1, -3, 1], count: [2, 3, 2]),
      [[2, 8, 5]]),
    form("middle axis joined", Concatenation(axis: 1), [[2, 1, 3], [2, 4, 3]]),
    form(
      "smaller", Resize(mode: .bilinear, coordinates: .asymmetric, height: 3, width: 4),
      [[2, 7, 9, 3]]),
    form(
      "nearest, smaller",
      Resize(mode: .nearest(.floor), coordinates: .asymmetric, height: 3, width: 8),
      [[1, 7, 4, 3]]),
    form("slope per channel", PReLU(), [[4, 3], [3]]),
    form("one slope", PReLU(), [[4, 3], [1, 1, 1]]),
  ]

  private static func form(
    _ label: String, _ operation: some Operator, _ shapes: [Shape]
  ) -> GradientCase {
    GradientCase(
      name: type(of: operation).name,
      sample: Sample(label, operation, shapes.map { .variable(TensorType(.float32, $0)) }))
  }
}
