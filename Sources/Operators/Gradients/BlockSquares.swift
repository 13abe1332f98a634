// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Sums of squares over rows, in blocks of 256 rows: `y[b, c] = Σ (x[r, c] − center[c])²`.
///
/// x is `[…, C]`, center is `[C]`, y `[⌈rows / 256⌉, C]`; see `BlockSums`. Float32 only.
package struct BlockSquares: Operator, Hashable {
  package static let name = "BlockSquares"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 1, leastRank: 1)
    return [inputs[0].output(RowBlocks(inputs[0].shape).outputShape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [
      RowBlocks(inputs[0].shape).sums { index, column in
        let deviation = inputs[0].values[index] - inputs[1].values[column]
        return deviation * deviation
      }
    ]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_block_squares_fma, muladd: .UK_CONTRACT_f32_block_squares_muladd)
    let shape = node.inputs[0].shape
    return node.step(
      contract, MatrixView(channelsOf: shape).parameters, overwritable: 0,
      macCount: shape.elementCount)
  }
}

// MARK: - Samples

extension BlockSquares {
  package static let samples: [Sample] = [
    Sample(
      "one block", BlockSquares(), [.variable(.float([3, 7, 19])), .variable(.float([19]))]),
    Sample(
      "three blocks", BlockSquares(), [.variable(.float([515, 33])), .constant(.float([33]))]),
  ]
}
