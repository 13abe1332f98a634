// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = −x`.
package struct Negate: RealFunction {
  package static let name = "Negate"
  package static let spellings: [Spelling] = [
    .onnx("Neg", since: 1) { node throws(OperatorError) in try node.unary(Negate()) },
    .tflite(59) { node throws(OperatorError) in try node.unary(Negate()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { -x }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_NEGATE) }
}

// MARK: - Gradient

extension Negate: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.negated(node.outputGradient)]
  }
}

// MARK: - Samples

extension Negate {
  package static let samples: [Sample] =
    Sample.both(Negate(), -3...5, scale: 0.03, zeroPoint: 40)
}
