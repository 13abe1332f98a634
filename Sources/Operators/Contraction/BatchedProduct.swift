// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The extents of a `MatMul`: products of matrices along axes that broadcast.
struct BatchedProduct {
  let rows: Int
  let columns: Int
  let depth: Int

  /// The depth as the right side has it.
  let rightDepth: Int

  /// The leading axes of the output.
  let batch: Shape

  /// For each of them, from one of the operand's matrices to the next; 0 repeats one.
  private let left: [Int]
  private let right: [Int]

  init(_ a: Shape, _ b: Shape, isTransposed: Bool) throws(OperatorError) {
    (rows, depth) = (a[-2], a[-1])
    (rightDepth, columns) = isTransposed ? (b[-1], b[-2]) : (b[-2], b[-1])
    let (a, b) = (Shape(Array(a.extents.dropLast(2))), Shape(Array(b.extents.dropLast(2))))
    let batch = try Broadcast(a, b).output
    func strides(_ shape: Shape) -> [Int] {
      let extents = [Int](repeating: 1, count: batch.rank - shape.rank) + shape.extents
      return zip(extents, Shape(extents).strides).map { $0 == 1 ? 0 : $1 }
    }
    self.batch = batch
    (left, right) = (strides(a), strides(b))
  }

  /// For every product, the numbers of its matrices.
  var sources: Zip2Sequence<[Int], [Int]> {
    zip(stridedIndices(batch.extents, left), stridedIndices(batch.extents, right))
  }

  /// The leading axes with those merged that both operands treat alike, innermost first.
  private var mergedAxes: [(extent: Int, left: Int, right: Int)] {
    var axes: [(extent: Int, left: Int, right: Int)] = []
    for axis in batch.extents.indices.reversed() where batch[axis] > 1 {
      if let inner = axes.last, left[axis] == inner.left * inner.extent,
        right[axis] == inner.right * inner.extent
      {
        axes[axes.count - 1].extent *= batch[axis]
      } else {
        axes.append((batch[axis], left[axis], right[axis]))
      }
    }
    return axes
  }

  /// One matrix on the right serves all rows on the left, whatever batch they are in.
  ///
  /// `nil` when two axes of products do not suffice.
  func stored(isTransposed: Bool) -> uk_f32_matmul_parameters? {
    var axes = mergedAxes
    guard axes.count <= 2 else { return nil }
    axes += [(extent: Int, left: Int, right: Int)](repeating: (1, 0, 0), count: 2 - axes.count)
    var (height, inner, outer) = (rows, axes[0], axes[1])
    if outer.extent == 1, inner.right == 0 {
      height *= inner.extent
      inner = outer
    }
    let (a, b) = (rows * depth, depth * columns)
    return uk_f32_matmul_parameters(
      outer: UInt32(outer.extent), inner: UInt32(inner.extent), rows: UInt32(height),
      columns: UInt32(columns), depth: UInt32(depth), is_transposed: isTransposed ? 1 : 0,
      a_outer: UInt32(outer.left * a), a_inner: UInt32(inner.left * a),
      b_outer: UInt32(outer.right * b), b_inner: UInt32(inner.right * b), reserved: (0, 0))
  }
}
