// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = 1 / √x`; NaN below 0.
package struct ReciprocalSquareRoot: RealFunction {
  package static let name = "ReciprocalSquareRoot"
  package static let spellings: [Spelling] = [
    .tflite(76) { node throws(OperatorError) in try node.unary(ReciprocalSquareRoot()) }
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { 1 / x.squareRoot() }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_RSQRT) }
}

// MARK: - Gradient

extension ReciprocalSquareRoot: DifferentiableOperator {}

// MARK: - Samples

extension ReciprocalSquareRoot {
  package static let samples: [Sample] =
    Sample.both(ReciprocalSquareRoot(), 0.05...4, scale: 0.01, zeroPoint: -100)
}
