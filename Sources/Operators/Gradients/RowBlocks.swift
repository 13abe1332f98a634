// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The rows over the last axis in blocks, of which each is summed by itself.
struct RowBlocks {
  /// Rows of one block but the last, which may have fewer.
  static let rows = Int(UK_SUM_BLOCK_ROWS)

  let matrix: MatrixView

  init(_ shape: Shape) { matrix = MatrixView(channelsOf: shape) }

  var count: Int { (matrix.rows + Self.rows - 1) / Self.rows }

  /// `[blocks, columns]`, no larger than what is summed.
  var outputShape: Shape { Shape([count, matrix.columns]) }

  /// The sum of a term of every element, given its index and column, over the rows of each block.
  func sums(_ term: (_ index: Int, _ column: Int) -> Double) -> ReferenceTensor {
    var sums = ReferenceTensor(outputShape, repeating: 0)
    for index in 0..<matrix.rows * matrix.columns {
      let (row, column) = index.quotientAndRemainder(dividingBy: matrix.columns)
      sums.values[row / Self.rows * matrix.columns + column] += term(index, column)
    }
    return sums
  }
}
