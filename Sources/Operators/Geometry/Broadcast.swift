// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Shapes stretched to a common one by NumPy's rule.
struct Broadcast {
  let output: Shape

  /// The extents of each operand, with leading ones to the rank of the output.
  private let operands: [[Int]]

  /// - Throws: `OperatorError.shapesDoNotBroadcast`.
  init(_ shapes: Shape...) throws(OperatorError) {
    let rank = shapes.map(\.rank).max() ?? 0
    operands = shapes.map { [Int](repeating: 1, count: rank - $0.rank) + $0.extents }
    var extents = [Int](repeating: 1, count: rank)
    for (shape, operand) in zip(shapes, operands) {
      for (axis, extent) in operand.enumerated() where extent != 1 {
        guard extents[axis] == 1 || extents[axis] == extent else {
          throw .shapesDoNotBroadcast(shapes[0], shape)
        }
        extents[axis] = extent
      }
    }
    output = try Shape(checked: extents)
  }

  /// For every output element, the flat indices of its operands.
  var sources: [[Int]] {
    operands.map { operand in
      let strides = zip(operand, Shape(operand).strides).map { $0 == 1 ? 0 : $1 }
      return stridedIndices(output.extents, strides)
    }
  }

  /// The stored form for two operands.
  ///
  /// - Throws: `OperatorError.broadcastUnsupported` when four axes do not suffice.
  func stored() throws(OperatorError) -> uk_broadcast {
    let (extents, strides) = try fourAxes()
    return uk_broadcast(extents: extents, a: strides[0], b: strides[1])
  }

  /// Extents of the output and strides of each operand as kernels take them.
  ///
  /// - Throws: `OperatorError.broadcastUnsupported` when four axes do not suffice.
  func fourAxes() throws(OperatorError) -> (extents: Four, strides: [Four]) {
    let axes = mergedAxes
    guard axes.count <= 4 else {
      throw .broadcastUnsupported(Shape(operands[0]), Shape(operands[operands.count - 1]))
    }
    func four(_ values: [Int], filledWith filler: Int) -> Four {
      let all = ([Int](repeating: filler, count: 4 - values.count) + values).map { UInt32($0) }
      return (all[0], all[1], all[2], all[3])
    }
    return (
      four(axes.map(\.extent), filledWith: 1),
      operands.indices.map { operand in four(axes.map { $0.strides[operand] }, filledWith: 0) }
    )
  }

  typealias Four = (UInt32, UInt32, UInt32, UInt32)

  /// An axis of the output, and the distance of its neighbours in each operand.
  private struct Axis {
    var extent: Int
    let strides: [Int]
  }

  /// The output's axes: adjacent ones that all operands treat alike merged, those of extent 1
  /// dropped; at least two, so that threads have rows to share.
  private var mergedAxes: [Axis] {
    var groups: [(extent: Int, isRead: [Bool])] = []
    for (axis, extent) in output.extents.enumerated() where extent > 1 {
      let isRead = operands.map { $0[axis] > 1 }
      if let last = groups.last, last.isRead == isRead {
        groups[groups.count - 1].extent *= extent
      } else {
        groups.append((extent, isRead))
      }
    }
    if groups.count <= 1 {
      let isRead = groups.first?.isRead ?? operands.map { _ in true }
      let matrix = MatrixView(elementsOf: output)
      groups = [(matrix.rows, isRead), (matrix.columns, isRead)]
    }
    var strides = [Int](repeating: 1, count: operands.count)
    var axes: [Axis] = []
    for group in groups.reversed() {
      axes.append(
        Axis(extent: group.extent, strides: zip(strides, group.isRead).map { $1 ? $0 : 0 }))
      strides = zip(strides, group.isRead).map { $1 ? $0 * group.extent : $0 }
    }
    return axes.reversed()
  }
}
