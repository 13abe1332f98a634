// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The axes that a foreign node reduces, any of them.
struct ReducedAxes {
  private let shape: Shape

  /// From the front, in order, each once.
  private let axes: [Int]

  /// All axes when none are given.
  init(_ stated: [Int]?, of shape: Shape) throws(OperatorError) {
    self.shape = shape
    var isReduced = shape.extents.map { _ in (stated ?? []).isEmpty }
    for axis in stated ?? [] { isReduced[try shape.axis(axis)] = true }
    axes = isReduced.indices.filter { isReduced[$0] }
  }

  /// Reduces axes that are neighbours, or made so by a transpose.
  ///
  /// Rows and columns of an image that is not NHWC become so: passes cancel the transpose.
  func apply(
    _ reduction: Reduce.Reduction, to x: Value, keepsAxes: Bool, _ node: inout ImportedNode
  ) throws(OperatorError) -> Value {
    guard let first = axes.first, let last = axes.last else { return x }
    let kept = shape.extents.indices.filter { !axes.contains($0) }
    let y: Value
    if axes == [2, 3], shape.rank == 4 {
      y = try reduction(&node, try node.channelsLastImage(x), 1...2)
    } else if axes == Array(first...last) {
      y = try reduction(&node, x, first...last)
    } else {
      y = try reduction(&node, try node.transposed(x, kept + axes), kept.count...shape.rank - 1)
    }
    let extents = shape.extents.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keepsAxes ? 1 : nil) : extent
    }
    return try node.reshaped(y, to: extents)
  }
}
