// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The nearest integer, of two the even one.
package struct Round: RealFunction {
  package static let name = "Round"
  package static let spellings: [Spelling] = [
    .onnx("Round", since: 11) { node throws(OperatorError) in try node.unary(Round()) },
    .tflite(116) { node throws(OperatorError) in try node.unary(Round()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_ROUND) }
}

// MARK: - Gradient

extension Round: DifferentiableOperator {
  /// The output does not change with the input, but for its steps.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] { [nil] }
}

// MARK: - Samples

extension Round {
  package static let samples: [Sample] =
    Sample.both(Round(), -4...4, scale: 0.04, zeroPoint: 0)
}
