// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = |x|`.
package struct Absolute: RealFunction {
  package static let name = "Absolute"
  package static let spellings: [Spelling] = [
    .onnx("Abs", since: 1) { node throws(OperatorError) in try node.unary(Absolute()) },
    .tflite(101) { node throws(OperatorError) in try node.unary(Absolute()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { abs(x) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_ABS) }
}

// MARK: - Gradient

extension Absolute: DifferentiableOperator {}

// MARK: - Samples

extension Absolute {
  package static let samples: [Sample] =
    Sample.both(Absolute(), -3...5, scale: 0.02, zeroPoint: -128)
}
