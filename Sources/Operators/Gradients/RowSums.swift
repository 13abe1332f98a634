// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension GraphBuilder {
  /// `factor` times the sum over all axes but the last: `[…, C]` gives `[C]`.
  package mutating func sumOfRows(
    _ value: Value, factor: Float = 1
  ) throws(OperatorError) -> Value {
    try joinedBlocks(try apply(BlockSums(), [value]), factor: factor)
  }

  /// `factor` times the sum of `[B, C]`, what `BlockSums`, `BlockProducts` and `BlockSquares` give,
  /// over its rows.
  package mutating func joinedBlocks(
    _ blocks: Value, factor: Float = 1
  ) throws(OperatorError) -> Value {
    let shape = type(of: blocks).shape
    guard shape[0] == 1, factor == 1 else {
      return try apply(JoinBlocks(factor: factor), [blocks])
    }
    return try apply(Reshape(shape: [shape[1]]), [blocks])
  }
}
