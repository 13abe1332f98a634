// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Two shapes stretched to a common one by NumPy's rule.
struct Broadcast {
  let output: Shape
  private let a: [Int]
  private let b: [Int]

  /// - Throws: `OperatorError.shapesDoNotBroadcast`.
  init(_ first: Shape, _ second: Shape) throws(OperatorError) {
    let rank = max(first.rank, second.rank)
    a = [Int](repeating: 1, count: rank - first.rank) + first.extents
    b = [Int](repeating: 1, count: rank - second.rank) + second.extents
    var extents: [Int] = []
    for (x, y) in zip(a, b) {
      guard x == y || x == 1 || y == 1 else { throw .shapesDoNotBroadcast(first, second) }
      extents.append(x == 1 ? y : x)
    }
    output = try Shape(checked: extents)
  }

  /// For every output element, the flat indices of its operands.
  var sources: (a: [Int], b: [Int]) {
    func indices(_ operand: [Int]) -> [Int] {
      let strides = zip(operand, Shape(operand).strides).map { $0 == 1 ? 0 : $1 }
      return stridedIndices(output.extents, strides)
    }
    return (indices(a), indices(b))
  }

  /// Adjacent axes that both operands treat alike, merged; extents of 1 dropped.
  private var groups: [(extent: Int, a: Bool, b: Bool)] {
    var groups: [(extent: Int, a: Bool, b: Bool)] = []
    for (axis, extent) in output.extents.enumerated() where extent > 1 {
      let (inA, inB) = (a[axis] > 1, b[axis] > 1)
      if let last = groups.last, last.a == inA, last.b == inB {
        groups[groups.count - 1].extent *= extent
      } else {
        groups.append((extent, inA, inB))
      }
    }
    return groups
  }

  /// The stored form: rows and columns.
  ///
  /// - Throws: `OperatorError.broadcastUnsupported` when two axes do not suffice.
  func stored() throws(OperatorError) -> uk_broadcast {
    let groups = groups
    switch groups.count {
    case 0, 1:
      let (inA, inB) = groups.first.map { ($0.a, $0.b) } ?? (true, true)
      let matrix = MatrixView(elementsOf: output)
      func strides(_ isRead: Bool) -> (row: Int, column: Int) {
        isRead ? (matrix.columns, 1) : (0, 0)
      }
      return stored(matrix.rows, matrix.columns, strides(inA), strides(inB))
    case 2:
      let (outer, inner) = (groups[0], groups[1])
      func strides(_ outerRead: Bool, _ innerRead: Bool) -> (row: Int, column: Int) {
        (outerRead ? (innerRead ? inner.extent : 1) : 0, innerRead ? 1 : 0)
      }
      return stored(
        outer.extent, inner.extent, strides(outer.a, inner.a), strides(outer.b, inner.b))
    default:
      throw .broadcastUnsupported(Shape(a), Shape(b))
    }
  }

  private func stored(
    _ rows: Int, _ columns: Int, _ a: (row: Int, column: Int), _ b: (row: Int, column: Int)
  ) -> uk_broadcast {
    uk_broadcast(
      rows: UInt32(rows), columns: UInt32(columns), a_row: UInt32(a.row),
      a_column: UInt32(a.column), b_row: UInt32(b.row), b_column: UInt32(b.column),
      reserved: (0, 0))
  }
}
