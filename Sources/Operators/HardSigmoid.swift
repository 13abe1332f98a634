// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A logistic function in straight pieces: `y = min(max(alpha·x + beta, 0), 1)`; NaN becomes 0.
package struct HardSigmoid: RealFunction {
  package static let name = "HardSigmoid"
  package static let spellings: [Spelling] = [
    .onnx("HardSigmoid", since: 1) { node throws(OperatorError) in
      try node.unary(
        HardSigmoid(
          alpha: try node.attributes.float("alpha", default: 0.2),
          beta: try node.attributes.float("beta", default: 0.5)))
    }
  ]

  package var alpha: Float
  package var beta: Float

  package init(alpha: Float = 0.2, beta: Float = 0.5) {
    self.alpha = alpha
    self.beta = beta
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("alpha", alpha)
    try checkFinite("beta", beta)
    return try inferUnary(inputs)
  }

  package func callAsFunction(_ x: Double) -> Double {
    ActivationRange(min: 0, max: 1)(Double(alpha) * x + Double(beta))
  }

  package var map: FloatMap {
    FloatMap(function: .UK_FUNCTION_HARD_SIGMOID, alpha: alpha, beta: beta)
  }
}

// MARK: - Gradient

extension HardSigmoid: DifferentiableOperator {}

// MARK: - Samples

extension HardSigmoid {
  package static let samples: [Sample] =
    Sample.both(HardSigmoid(alpha: 1.0 / 6), -5...5, scale: 1.0 / 255, zeroPoint: -128)
}
