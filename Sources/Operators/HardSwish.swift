// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// SiLU in straight pieces: `y = x · min(max(x + 3, 0), 6) / 6`.
package struct HardSwish: RealFunction {
  package static let name = "HardSwish"
  package static let spellings: [Spelling] = [
    .onnx("HardSwish", since: 14) { node throws(OperatorError) in try node.unary(HardSwish()) },
    .tflite(117) { node throws(OperatorError) in try node.unary(HardSwish()) },
  ]

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x * ActivationRange.relu6(x + 3) / 6 }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_HARD_SWISH) }
}

// MARK: - Gradient

extension HardSwish: DifferentiableOperator {}

// MARK: - Samples

extension HardSwish {
  package static let samples: [Sample] =
    Sample.both(HardSwish(), -5...5, scale: 0.022, zeroPoint: -110)
}
