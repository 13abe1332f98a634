// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The sum of blocks' sums: `y[c] = factor · Σ x[b, c]`.
///
/// x is `[B, C]`, y is `[C]`; neighbouring blocks are added pairwise, level by level, so that the
/// bits do not depend on how threads share the rows. Float32 only.
package struct JoinBlocks: Operator, Hashable {
  package static let name = "JoinBlocks"
  package static let spellings: [Spelling] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.floatOnly

  /// Multiplies the sum: a reciprocal count makes a mean of it.
  package var factor: Float

  package init(factor: Float = 1) { self.factor = factor }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("factor", factor)
    try inputs[0].check(rank: 2...2, input: 0)
    try inputs[0].check(dtype: .float32, input: 0)
    return [inputs[0].output([inputs[0].shape[1]])]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let columns = inputs[0].shape[1]
    var sums = ReferenceTensor([columns], repeating: 0)
    for (index, value) in inputs[0].values.enumerated() { sums.values[index % columns] += value }
    return [sums.map { $0 * Double(factor) }]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let shape = node.inputs[0].shape
    let parameters = uk_f32_join_parameters(
      blocks: UInt32(shape[0]), columns: UInt32(shape[1]), factor: factor, reserved: 0)
    return node.step(.UK_CONTRACT_f32_join_blocks, parameters, overwritable: 0)
  }
}

// MARK: - Samples

extension JoinBlocks {
  package static let samples: [Sample] = [
    Sample("one block", JoinBlocks(factor: 0.1), [.variable(.float([1, 19]))]),
    Sample("eleven blocks", JoinBlocks(), [.variable(.float([11, 133]))]),
  ]
}
