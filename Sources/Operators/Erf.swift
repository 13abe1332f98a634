// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Error function: `y = 2/√π · ∫₀ˣ exp(−t²) dt`.
package struct Erf: RealFunction {
  package static let name = "Erf"
  package static let spellings: [Spelling] = [
    .onnx("Erf", since: 9) { node throws(OperatorError) in try node.unary(Erf()) }
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { errorFunction(x) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_ERF) }
}

// MARK: - Gradient

extension Erf: DifferentiableOperator {}

// MARK: - Samples

extension Erf {
  package static let samples: [Sample] =
    Sample.both(Erf(), -4...4, scale: 1.0 / 128, zeroPoint: 0)
}
