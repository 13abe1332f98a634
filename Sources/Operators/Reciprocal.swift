// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = 1 / x`.
package struct Reciprocal: RealFunction {
  package static let name = "Reciprocal"
  package static let spellings: [Spelling] = [
    .onnx("Reciprocal", since: 1) { node throws(OperatorError) in try node.unary(Reciprocal()) }
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { 1 / x }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_RECIPROCAL) }
}

// MARK: - Gradient

extension Reciprocal: DifferentiableOperator {}

// MARK: - Samples

extension Reciprocal {
  package static let samples: [Sample] =
    Sample.both(Reciprocal(), 0.1...4, scale: 0.03, zeroPoint: -120)
}
