// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The gradient of softmax over the last axis by its output: `dx = y · (dy − Σ y · dy)`.
///
/// Inputs: y and dy of one shape. With a softmax of beta, it is times beta. Float32 only.
package struct SoftmaxGradient: Operator, Hashable {
  package static let name = "SoftmaxGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 2, leastRank: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var dx = inputs[0]
    let (y, dy) = (inputs[0].values, inputs[1].values)
    let columns = dx.shape[-1]
    for row in stride(from: 0, to: y.count, by: columns) {
      let sum = (row..<row + columns).reduce(0) { $0 + y[$1] * dy[$1] }
      for index in row..<row + columns { dx.values[index] = y[index] * (dy[index] - sum) }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_softmax_gradient_fma, muladd: .UK_CONTRACT_f32_softmax_gradient_muladd)
    let shape = node.inputs[0].shape
    return node.step(
      contract, MatrixView(channelsOf: shape).parameters, overwritable: 2,
      macCount: shape.elementCount)
  }
}

// MARK: - Samples

extension SoftmaxGradient {
  package static let samples: [Sample] = [
    Sample(
      "float32", SoftmaxGradient(),
      [.variable(.float([2, 3, 75]), 0...1), .variable(.float([2, 3, 75]))])
  ]
}
