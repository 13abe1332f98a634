// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Sums over rows, in blocks of 256 rows: `y[b, c] = Σ x[r, c]` over the rows r of block b.
///
/// x is `[…, C]`, all axes but the last being rows; y is `[⌈rows / 256⌉, C]`. Float32 only.
/// `JoinBlocks` adds the blocks up; `GraphBuilder.sumOfRows` does both.
package struct BlockSums: Operator, Hashable {
  package static let name = "BlockSums"
  package static let spellings: [Spelling] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 1, leastRank: 1)
    return [inputs[0].output(RowBlocks(inputs[0].shape).outputShape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [RowBlocks(inputs[0].shape).sums { index, _ in inputs[0].values[index] }]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(channelsOf: node.inputs[0].shape)
    return node.step(.UK_CONTRACT_f32_block_sums, matrix.parameters, overwritable: 0)
  }
}

// MARK: - Samples

extension BlockSums {
  package static let samples: [Sample] = [
    Sample("one block", BlockSums(), [.variable(.float([3, 7, 19]))]),
    Sample("three blocks", BlockSums(), [.variable(.float([515, 33]))]),
  ]
}
