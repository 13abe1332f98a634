// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The least integer not below x.
package struct Ceiling: RealFunction {
  package static let name = "Ceiling"
  package static let spellings: [Spelling] = [
    .onnx("Ceil", since: 1) { node throws(OperatorError) in try node.unary(Ceiling()) },
    .tflite(104) { node throws(OperatorError) in try node.unary(Ceiling()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.up) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_CEIL) }
}

// MARK: - Gradient

extension Ceiling: DifferentiableOperator {
  /// The output does not change with the input, but for its steps.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] { [nil] }
}

// MARK: - Samples

extension Ceiling {
  package static let samples: [Sample] =
    Sample.both(Ceiling(), -4...4, scale: 0.04, zeroPoint: 0)
}
