// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Logistic function: `y = 1 / (1 + e⁻ˣ)`.
package struct Sigmoid: RealFunction {
  package static let name = "Sigmoid"
  package static let spellings: [Spelling] = [
    .onnx("Sigmoid", since: 1) { node throws(OperatorError) in try node.unary(Sigmoid()) },
    .tflite(14) { node throws(OperatorError) in try node.unary(Sigmoid()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_SIGMOID) }
}

// MARK: - Gradient

extension Sigmoid: DifferentiableOperator {}

// MARK: - Samples

extension Sigmoid {
  package static let samples: [Sample] =
    Sample.both(Sigmoid(), -6...6, scale: 1.0 / 256, zeroPoint: -128)
}
