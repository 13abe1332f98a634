// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The greatest integer not above x.
package struct Floor: RealFunction {
  package static let name = "Floor"
  package static let spellings: [Spelling] = [
    .onnx("Floor", since: 1) { node throws(OperatorError) in try node.unary(Floor()) },
    .tflite(8) { node throws(OperatorError) in try node.unary(Floor()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.down) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_FLOOR) }
}

// MARK: - Gradient

extension Floor: DifferentiableOperator {
  /// The output does not change with the input, but for its steps.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] { [nil] }
}

// MARK: - Samples

extension Floor {
  package static let samples: [Sample] =
    Sample.both(Floor(), -4...4, scale: 0.04, zeroPoint: 0)
}
