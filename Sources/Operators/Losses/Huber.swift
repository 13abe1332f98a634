// SPDX-License-Identifier: Apache-2.0
import Graph

/// Huber's loss: `y[b] = mean h(x − t)` over a sample's elements.
///
/// `h(d) = d² / 2` where |d| ≤ delta, else `delta · (|d| − delta / 2)`.
///
/// Inputs: prediction x and target t, `[B, …]` of one shape. Float32 only. Source: Huber 1964,
/// "Robust estimation of a location parameter".
package struct Huber: DifferenceLoss {
  package static let name = "Huber"

  /// Where the square ends; in units of the prediction, above 0.
  package var delta: Float

  package init(delta: Float = 1) { self.delta = delta }

  package func callAsFunction(_ d: Double) -> Double {
    let delta = Double(delta)
    return abs(d) <= delta ? d * d / 2 : delta * (abs(d) - delta / 2)
  }

  package func checkAttributes() throws(OperatorError) {
    guard delta > 0, delta.isFinite else { throw .attributeValue("delta", .float(delta)) }
  }

  /// The difference within ±delta, which is also the derivative.
  private func limited(
    _ difference: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(Clamp(range: ActivationRange(min: -delta, max: delta)), [difference])
  }

  /// `c · (d − c / 2)` with c the limited difference: both forms in one.
  package func elements(
    by difference: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let limited = try limited(difference, &builder)
    let rest = try builder.difference(difference, try builder.scaled(limited, by: 0.5))
    return try builder.product(limited, rest)
  }

  package func slope(
    of difference: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.product(try limited(difference, &builder), dy)
  }
}

// MARK: - Samples

extension Huber {
  package static let samples: [Sample] = [
    Sample(
      "float32", Huber(), [.variable(.float([3, 5, 7])), .variable(.float([3, 5, 7]))]),
    Sample(
      "narrow", Huber(delta: 0.3), [.variable(.float([2, 19])), .variable(.float([2, 19]))]),
  ]
}
