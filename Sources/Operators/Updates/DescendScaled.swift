// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A step of descent, each element by its own size:
/// `y = keep · w − rate · m / (√v · scale + epsilon)`.
///
/// Inputs: w, m and v of one shape, and `[keep, rate, scale]`. Adam (Kingma and Ba 2015,
/// arXiv:1412.6980) has the first moment's bias in the rate and the second's in the scale; RMSprop
/// and Adagrad have the gradient as m. Float32 only.
package struct DescendScaled: Operator, Hashable {
  package static let name = "DescendScaled"
  package static let spellings: [Spelling] = []
  package static let inputCount = 4...4
  package static let quantization = QuantizationRule.floatOnly

  /// Added to the root; in its units.
  package var epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard epsilon >= 0, epsilon.isFinite else { throw .attributeValue("epsilon", .float(epsilon)) }
    try checkFloats(inputs, whole: 3, extent: 3)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (keep, rate, scale) = (inputs[3].values[0], inputs[3].values[1], inputs[3].values[2])
    var y = inputs[0]
    for index in y.values.indices {
      let size = inputs[2].values[index].squareRoot() * scale + Double(epsilon)
      y.values[index] = keep * y.values[index] - rate * inputs[1].values[index] / size
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_descend_scaled_fma, muladd: .UK_CONTRACT_f32_descend_scaled_muladd)
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    let parameters = uk_f32_descend_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), epsilon: epsilon, reserved: 0)
    return node.step(contract, parameters, overwritable: 3)
  }
}

// MARK: - Samples

extension DescendScaled {
  package static let samples: [Sample] = [
    Sample(
      "float32", DescendScaled(epsilon: 1e-3),
      [
        .variable(.float([5, 67])), .variable(.float([5, 67])), .variable(.float([5, 67]), 0...2),
        .variable(.float([3]), 0.1...1),
      ])
  ]
}
