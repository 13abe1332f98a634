// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A weighted sum with a square: `y = a · x + b · z²`.
///
/// x and z of one shape: the second moments of Adam and RMSprop, the sum of squares of Adagrad.
/// Float32 only.
package struct BlendSquare: Operator, Hashable {
  package static let name = "BlendSquare"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var a: Float
  package var b: Float

  package init(_ a: Float, _ b: Float) {
    self.a = a
    self.b = b
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferBlend(inputs, a, b)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let sums = zip(inputs[0].values, inputs[1].values).map {
      Double(a) * $0 + Double(b) * ($1 * $1)
    }
    return [ReferenceTensor(inputs[0].shape, sums)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_blend_square_fma, muladd: .UK_CONTRACT_f32_blend_square_muladd)
    return node.blend(contract, a, b)
  }
}

// MARK: - Samples

extension BlendSquare {
  package static let samples: [Sample] = [
    Sample(
      "float32", BlendSquare(0.999, 0.001),
      [.variable(.float([5, 67])), .variable(.float([5, 67]))])
  ]
}
