// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = log(1 + eˣ)`.
package struct Softplus: RealFunction {
  package static let name = "Softplus"
  package static let spellings: [Spelling] = [
    .onnx("Softplus", since: 1) { node throws(OperatorError) in try node.unary(Softplus()) }
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double {
    max(x, 0) + logarithm(onePlus: exponential(-abs(x)))
  }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_SOFTPLUS) }
}

// MARK: - Gradient

extension Softplus: DifferentiableOperator {}

// MARK: - Samples

extension Softplus {
  package static let samples: [Sample] =
    Sample.both(Softplus(), -4...4, scale: 0.016, zeroPoint: -128)
}
