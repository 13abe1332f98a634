// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Hyperbolic tangent.
package struct Tanh: RealFunction {
  package static let name = "Tanh"
  package static let spellings: [Spelling] = [
    .onnx("Tanh", since: 1) { node throws(OperatorError) in try node.unary(Tanh()) },
    .tflite(28) { node throws(OperatorError) in try node.unary(Tanh()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { hyperbolicTangent(x) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_TANH) }
}

// MARK: - Gradient

extension Tanh: DifferentiableOperator {}

// MARK: - Samples

extension Tanh {
  package static let samples: [Sample] =
    Sample.both(Tanh(), -4...4, scale: 1.0 / 128, zeroPoint: 0)
}
