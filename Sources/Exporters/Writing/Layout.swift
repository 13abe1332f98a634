// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The order in which a written tensor has the axes of a value.
///
/// Values are channels last; operators of ONNX want channels second. A tensor is written in
/// whatever order the operator that makes it gives, and transposed only for one that wants another.
package struct Layout: Hashable, Sendable {
  /// Axis i of the tensor is axis `axes[i]` of the value.
  let axes: [Int]

  init(_ axes: [Int]) { self.axes = axes }

  /// The value's own order.
  static func own(_ rank: Int) -> Layout { Layout(Array(0..<rank)) }

  /// The value's last axis second, as images have their channels in ONNX.
  static func channelsSecond(_ rank: Int) -> Layout {
    rank < 3 ? own(rank) : Layout([0, rank - 1] + Array(1..<rank - 1))
  }

  /// The last two axes exchanged.
  static func matrixTransposed(_ rank: Int) -> Layout {
    Layout(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  var rank: Int { axes.count }

  var isOwn: Bool { axes == Array(0..<rank) }

  /// The tensor's axis that is an axis of the value; a negative one counts from the last.
  func position(of axis: Int) -> Int {
    let axis = axis < 0 ? axis + rank : axis
    guard let position = axes.firstIndex(of: axis) else { preconditionFailure("an axis") }
    return position
  }

  /// What belongs to each axis of the value, in the tensor's order.
  func arranged<Element>(_ values: [Element]) -> [Element] { axes.map { values[$0] } }

  /// The permutation that makes a tensor of another layout of one of this.
  func permutation(to other: Layout) -> [Int] { other.axes.map { position(of: $0) } }

  /// Of a tensor of a transposed value: its layout as a tensor of the value before.
  func before(_ permutation: [Int]) -> Layout { Layout(axes.map { permutation[$0] }) }

  /// Of a tensor of a value: its layout as a tensor of the value transposed.
  func behind(_ permutation: [Int]) -> Layout {
    let transposed = Layout(permutation)
    return Layout(axes.map { transposed.position(of: $0) })
  }
}
