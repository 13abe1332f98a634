// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Natural logarithm: −∞ for 0, NaN below.
package struct Logarithm: RealFunction {
  package static let name = "Logarithm"
  package static let spellings: [Spelling] = [
    .onnx("Log", since: 1) { node throws(OperatorError) in try node.unary(Logarithm()) },
    .tflite(73) { node throws(OperatorError) in try node.unary(Logarithm()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { logarithm(x) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_LOG) }
}

// MARK: - Gradient

extension Logarithm: DifferentiableOperator {}

// MARK: - Samples

extension Logarithm {
  package static let samples: [Sample] =
    Sample.both(Logarithm(), 0.01...9, scale: 0.03, zeroPoint: 25)
}
