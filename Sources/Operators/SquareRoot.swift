// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = √x`; NaN below 0.
package struct SquareRoot: RealFunction {
  package static let name = "SquareRoot"
  package static let spellings: [Spelling] = [
    .onnx("Sqrt", since: 1) { node throws(OperatorError) in try node.unary(SquareRoot()) },
    .tflite(75) { node throws(OperatorError) in try node.unary(SquareRoot()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x.squareRoot() }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_SQRT) }
}

// MARK: - Gradient

extension SquareRoot: DifferentiableOperator {}

// MARK: - Samples

extension SquareRoot {
  package static let samples: [Sample] =
    Sample.both(SquareRoot(), 0...9, scale: 0.012, zeroPoint: -128)
}
