// SPDX-License-Identifier: Apache-2.0
import Graph

/// Mean absolute error: `y[b] = mean |x − t|` over a sample's elements.
///
/// Inputs: prediction x and target t, `[B, …]` of one shape. Where they are equal, the gradient is
/// 0. Float32 only.
package struct MeanAbsoluteError: DifferenceLoss {
  package static let name = "MeanAbsoluteError"

  package init() {}

  package func callAsFunction(_ d: Double) -> Double { abs(d) }

  package func checkAttributes() {}

  package func elements(
    by difference: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(Absolute(), [difference])
  }

  package func slope(
    of difference: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let dy = try builder.expanded(dy, to: builder.shape(of: difference))
    return try builder.apply(MapGradient(of: Absolute()), [dy, difference])
  }
}

// MARK: - Samples

extension MeanAbsoluteError {
  package static let samples: [Sample] = [
    Sample(
      "float32", MeanAbsoluteError(),
      [.variable(.float([3, 5, 7])), .variable(.float([3, 5, 7]))])
  ]
}
