// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension GraphBuilder {
  /// The gradient of what a slice reads: each element where it was read, 0 where nothing was.
  package mutating func scattered(
    _ gradient: Value, by slice: Slice, into shape: Shape
  ) throws(OperatorError) -> Value {
    var value = gradient
    for axis in shape.extents.indices {
      value = try scattered(
        value, along: axis, from: slice.start[axis],
        by: slice.count[axis] == 1 ? 1 : slice.step[axis],
        extent: shape[axis])
    }
    return value
  }

  /// One axis: turned if it was read backwards, the gaps of a step filled, and surrounded.
  private mutating func scattered(
    _ value: Value, along axis: Int, from start: Int, by step: Int, extent: Int
  ) throws(OperatorError) -> Value {
    var extents = shape(of: value).extents
    let count = extents[axis]
    let (outer, inner) = (extents[..<axis].reduce(1, *), extents[(axis + 1)...].reduce(1, *))
    let turned = step < 0 ? try turned(value, along: axis) : value
    let first = min(start, start + (count - 1) * step)
    let stride = Int(step.magnitude)
    let gap = (stride - 1) * inner
    let spread = try padded(turned, rows: outer * count, columns: inner, before: 0, after: gap)
    // The last gap may reach beyond the end.
    let width = min(count * stride, extent - first)
    let kept = try cut(spread, rows: outer, columns: width * inner)
    let whole = try padded(
      kept, rows: outer, columns: width * inner, before: first * inner,
      after: (extent - first - width) * inner)
    extents[axis] = extent
    return try reshaped(whole, as: Shape(extents))
  }

  private mutating func turned(_ value: Value, along axis: Int) throws(OperatorError) -> Value {
    let count = shape(of: value).extents
    var (start, step) = (count.map { _ in 0 }, count.map { _ in 1 })
    start[axis] = count[axis] - 1
    step[axis] = -1
    return try apply(Slice(start: start, step: step, count: count), [value])
  }

  /// A value as a matrix with zeros around its columns; itself where there are none.
  private mutating func padded(
    _ value: Value, rows: Int, columns: Int, before: Int, after: Int
  ) throws(OperatorError) -> Value {
    guard before + after > 0 else { return value }
    let matrix = try reshaped(value, as: [rows, columns])
    return try apply(Pad(before: [0, before], after: [0, after]), [matrix])
  }

  /// A value as a matrix, of which only the first columns are kept; itself where these are all.
  private mutating func cut(
    _ value: Value, rows: Int, columns: Int
  ) throws(OperatorError) -> Value {
    let all = shape(of: value).elementCount / rows
    guard columns < all else { return value }
    let matrix = try reshaped(value, as: [rows, all])
    return try apply(Slice(start: [0, 0], step: [1, 1], count: [rows, columns]), [matrix])
  }
}
