// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Exponential linear unit: `y = x` where `x > 0`, else `y = alpha · (eˣ − 1)`.
package struct ELU: RealFunction {
  package static let name = "ELU"
  package static let spellings: [Spelling] = [
    .onnx("Elu", since: 1) { node throws(OperatorError) in
      try node.unary(ELU(alpha: try node.attributes.float("alpha", default: 1)))
    },
    .tflite(111) { node throws(OperatorError) in try node.unary(ELU()) },
  ]

  package var alpha: Float

  package init(alpha: Float = 1) { self.alpha = alpha }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("alpha", alpha)
    return try inferUnary(inputs)
  }

  package func callAsFunction(_ x: Double) -> Double {
    x > 0 ? x : Double(alpha) * exponentialMinusOne(x)
  }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_ELU, alpha: alpha) }
}

// MARK: - Gradient

extension ELU: DifferentiableOperator {}

// MARK: - Samples

extension ELU {
  package static let samples: [Sample] =
    Sample.both(ELU(alpha: 0.7), -4...4, scale: 0.02, zeroPoint: -90)
}
