// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A weighted sum: `y = a · x + b · z`.
///
/// x and z of one shape. A moving average, momentum, or a gradient with L2 regularisation. Float32
/// only.
package struct Blend: Operator, Hashable {
  package static let name = "Blend"
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
    let sums = zip(inputs[0].values, inputs[1].values).map { Double(a) * $0 + Double(b) * $1 }
    return [ReferenceTensor(inputs[0].shape, sums)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_blend_fma, muladd: .UK_CONTRACT_f32_blend_muladd)
    return node.blend(contract, a, b)
  }
}

/// The type of `a · x + b · z` and its like.
func inferBlend(
  _ inputs: [TensorType], _ a: Float, _ b: Float
) throws(OperatorError) -> [TensorType] {
  try checkFinite("a", a)
  try checkFinite("b", b)
  try checkFloats(inputs, whole: 2)
  return [inputs[0].output(inputs[0].shape)]
}

extension NodeContext {
  func blend(_ contract: uk_contract, _ a: Float, _ b: Float) -> Lowering {
    let matrix = MatrixView(elementsOf: inputs[0].shape)
    let parameters = uk_f32_blend_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), a: a, b: b)
    return step(contract, parameters, overwritable: 2)
  }
}

// MARK: - Samples

extension Blend {
  package static let samples: [Sample] = [
    Sample(
      "float32", Blend(0.9, -0.3), [.variable(.float([5, 67])), .variable(.float([5, 67]))])
  ]
}
