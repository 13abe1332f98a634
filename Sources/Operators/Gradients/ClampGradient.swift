// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of a clamp by its output: `dx = dy` where `min < y < max`, else 0.
///
/// Inputs: dy and y of one shape. 0 at and beyond the bounds, and where y is NaN. Float32 only.
package struct ClampGradient: Operator, Hashable {
  package static let name = "ClampGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var range: ActivationRange

  package init(range: ActivationRange) { self.range = range }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 2)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var dx = inputs[0]
    for (index, y) in inputs[1].values.enumerated() {
      let isInside = Double(range.min) < y && y < Double(range.max)
      if !isInside { dx.values[index] = 0 }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    let parameters = uk_f32_unary_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: range.min, max: range.max)
    return node.step(.UK_CONTRACT_f32_clamp_gradient, parameters, overwritable: 2)
  }
}

// MARK: - Samples

extension ClampGradient {
  package static let samples: [Sample] = [
    Sample(
      "relu6", ClampGradient(range: .relu6),
      [.variable(.float([3, 67])), .variable(.float([3, 67]), -3...9)])
  ]
}
