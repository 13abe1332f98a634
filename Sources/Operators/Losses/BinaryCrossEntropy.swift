// SPDX-License-Identifier: Apache-2.0
import Graph

/// Binary cross-entropy of logits: `y[b] = mean max(x, 0) − x · t + log(1 + e^−|x|)`.
///
/// Inputs: logits x and targets t from 0 to 1, `[B, …]` of one shape. The mean is over a sample's
/// elements; it is `−t · log σ(x) − (1 − t) · log(1 − σ(x))`, in a form where no exponential
/// overflows. Float32 only.
package struct BinaryCrossEntropy: ElementLoss {
  package static let name = "BinaryCrossEntropy"

  package init() {}

  package func callAsFunction(_ x: Double, _ t: Double) -> Double {
    max(x, 0) - x * t + logarithm(onePlus: exponential(-abs(x)))
  }

  package func checkAttributes() {}

  package func elements(
    _ x: Value, _ t: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let linear = try builder.difference(
      try builder.apply(Clamp(range: .relu), [x]), try builder.product(x, t))
    let negative = try builder.negated(try builder.apply(Absolute(), [x]))
    return try builder.sum(linear, try builder.apply(Softplus(), [negative]))
  }

  package func slope(
    by input: Int, _ x: Value, _ t: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    guard input == 0 else { return try builder.product(x, try builder.negated(dy)) }
    let difference = try builder.difference(try builder.apply(Sigmoid(), [x]), t)
    return try builder.product(difference, dy)
  }
}

// MARK: - Samples

extension BinaryCrossEntropy {
  package static let samples: [Sample] = [
    Sample(
      "float32", BinaryCrossEntropy(),
      [.variable(.float([3, 5, 7]), -4...4), .variable(.float([3, 5, 7]), 0...1)])
  ]
}
