// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = eˣ`.
///
/// 0 where that is below the smallest normal float32.
package struct Exponential: RealFunction {
  package static let name = "Exponential"
  package static let spellings: [Spelling] = [
    .onnx("Exp", since: 1) { node throws(OperatorError) in try node.unary(Exponential()) },
    .tflite(47) { node throws(OperatorError) in try node.unary(Exponential()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { exponential(x) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_EXP) }
}

// MARK: - Gradient

extension Exponential: DifferentiableOperator {}

// MARK: - Samples

extension Exponential {
  package static let samples: [Sample] =
    Sample.both(Exponential(), -1.6...1.6, scale: 0.02, zeroPoint: -128)
}
