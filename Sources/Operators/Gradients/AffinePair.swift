// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Two multiply-adds by columns: `y = a[c] · p + (b[c] · q + d[c])`.
///
/// p and q are `[…, C]`, a, b and d `[C]`. The input gradient of batch normalisation by a batch's
/// own statistics has this form (Ioffe and Szegedy 2015, arXiv:1502.03167, section 3). Float32
/// only.
package struct AffinePair: Operator, Hashable {
  package static let name = "AffinePair"
  package static let spellings: [Spelling] = []
  package static let inputCount = 5...5
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 2, leastRank: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var y = inputs[0]
    let (a, b, d) = (inputs[2].values, inputs[3].values, inputs[4].values)
    for index in y.values.indices {
      let c = index % a.count
      y.values[index] = a[c] * y.values[index] + b[c] * inputs[1].values[index] + d[c]
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_affine_pair_fma, muladd: .UK_CONTRACT_f32_affine_pair_muladd)
    let shape = node.inputs[0].shape
    return node.step(
      contract, MatrixView(channelsOf: shape).parameters, overwritable: 2,
      macCount: 2 * shape.elementCount)
  }
}

// MARK: - Samples

extension AffinePair {
  package static let samples: [Sample] = [
    Sample(
      "float32", AffinePair(),
      [
        .variable(.float([2, 3, 21])), .variable(.float([2, 3, 21])), .variable(.float([21])),
        .variable(.float([21])), .variable(.float([21])),
      ])
  ]
}
