// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Sums of products over rows, in blocks of 256: `y[b, c] = Σ p[r, c] · (q[r, c] − center[c])`.
///
/// p and q are `[…, C]`, center is `[C]`, y `[⌈rows / 256⌉, C]`; see `BlockSums`. Float32 only.
package struct BlockProducts: Operator, Hashable {
  package static let name = "BlockProducts"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...3
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 2, leastRank: 1)
    return [inputs[0].output(RowBlocks(inputs[0].shape).outputShape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (p, q, center) = (inputs[0].values, inputs[1].values, inputs[2].values)
    return [
      RowBlocks(inputs[0].shape).sums { index, column in p[index] * (q[index] - center[column]) }
    ]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_block_products_fma, muladd: .UK_CONTRACT_f32_block_products_muladd)
    let shape = node.inputs[0].shape
    return node.step(
      contract, MatrixView(channelsOf: shape).parameters, overwritable: 0,
      macCount: shape.elementCount)
  }
}

// MARK: - Samples

extension BlockProducts {
  package static let samples: [Sample] = [
    Sample(
      "one block", BlockProducts(),
      [
        .variable(.float([3, 7, 19])), .variable(.float([3, 7, 19])), .variable(.float([19])),
      ]),
    Sample(
      "three blocks", BlockProducts(),
      [.variable(.float([515, 33])), .variable(.float([515, 33])), .constant(.float([33]))]),
  ]
}
