// SPDX-License-Identifier: Apache-2.0
import Graph

/// Mean squared error: `y[b] = mean (x − t)²` over a sample's elements.
///
/// Inputs: prediction x and target t, `[B, …]` of one shape. Float32 only.
package struct MeanSquaredError: DifferenceLoss {
  package static let name = "MeanSquaredError"

  package init() {}

  package func callAsFunction(_ d: Double) -> Double { d * d }

  package func checkAttributes() {}

  package func elements(
    by difference: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.product(difference, difference)
  }

  package func slope(
    of difference: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.product(difference, try builder.scaled(dy, by: 2))
  }
}

// MARK: - Samples

extension MeanSquaredError {
  package static let samples: [Sample] = [
    Sample(
      "float32", MeanSquaredError(),
      [.variable(.float([3, 5, 7])), .variable(.float([3, 5, 7]))]),
    Sample("one element", MeanSquaredError(), [.variable(.float([5])), .constant(.float([5]))]),
  ]
}
