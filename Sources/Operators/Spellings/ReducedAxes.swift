// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The axes that a mean is taken over, as an average pool over a reshaped image.
struct ReducedAxes {
  private let shape: Shape

  /// From the front, in order, each once.
  let axes: [Int]

  /// All axes when none are given.
  init(_ stated: [Int]?, of shape: Shape) throws(OperatorError) {
    self.shape = shape
    var isReduced = shape.extents.map { _ in (stated ?? []).isEmpty }
    for axis in stated ?? [] { isReduced[try shape.axis(axis)] = true }
    axes = isReduced.indices.filter { isReduced[$0] }
  }

  func outputExtents(keepsAxes: Bool) -> [Int] {
    shape.extents.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keepsAxes ? 1 : nil) : extent
    }
  }

  /// The mean over neighbouring axes, seen as `[outer, reduced, 1, inner]`.
  func apply(
    to x: Value, keepsAxes: Bool, _ node: inout ImportedNode
  ) throws(OperatorError) -> Value {
    guard let first = axes.first, let last = axes.last else { return x }
    guard axes == Array(first...last) else { throw .attributeValue("axes", .ints(axes)) }
    let reduced = shape.extents[first...last].reduce(1, *)
    let image = try node.reshaped(
      x,
      to: [
        shape.extents[..<first].reduce(1, *), reduced, 1,
        shape.extents[(last + 1)...].reduce(1, *),
      ])
    let y = try node.apply(AveragePool(window: Extent2D(reduced, 1)), [image])
    return try node.reshaped(y, to: outputExtents(keepsAxes: keepsAxes))
  }
}
