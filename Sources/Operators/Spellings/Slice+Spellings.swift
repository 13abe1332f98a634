// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension Slice {
  package static let spellings: [Spelling] = [
    .onnx("Slice", since: 1) { node throws(OperatorError) in
      try fromONNX(
        &node, starts: try node.attributes.ints("starts"), ends: try node.attributes.ints("ends"),
        axes: node.attributes["axes"] == nil ? nil : try node.attributes.ints("axes"), steps: nil)
    },
    .onnx("Slice", since: 10) { node throws(OperatorError) in
      try fromONNX(
        &node, starts: try node.indices(1), ends: try node.indices(2),
        axes: node.optionalInput(3) == nil ? nil : try node.indices(3),
        steps: node.optionalInput(4) == nil ? nil : try node.indices(4))
    },
    .onnx("Split", since: 2) { node throws(OperatorError) in
      try split(
        &node, try node.input(0), axis: try node.attributes.int("axis", default: 0),
        sizes: node.attributes["split"] == nil ? nil : try node.attributes.ints("split"))
    },
    .onnx("Split", since: 13) { node throws(OperatorError) in
      try split(
        &node, try node.input(0), axis: try node.attributes.int("axis", default: 0),
        sizes: node.optionalInput(1) == nil ? nil : try node.indices(1))
    },
    .tflite(45, fromStridedSlice),
    .tflite(49) { node throws(OperatorError) in
      try split(&node, try node.input(1), axis: try node.index(0), sizes: nil)
    },
    .tflite(65, fromTFLite),
    .tflite(88, fromUnpack),
    .tflite(102) { node throws(OperatorError) in
      try split(
        &node, try node.input(0), axis: try node.index(2), sizes: try node.indices(1))
    },
    .tflite(105, fromReverse),
  ]

  /// Everything, as a start to narrow down.
  private init(all shape: Shape) {
    self.init(
      start: shape.extents.map { _ in 0 }, step: shape.extents.map { _ in 1 },
      count: shape.extents)
  }

  /// Narrows an axis to `start ..< end` in steps, both as Python has them: negative positions count
  /// from the end, those outside are cut off.
  private mutating func narrow(
    _ axis: Int, from start: Int, to end: Int, by step: Int, extent: Int
  ) throws(OperatorError) {
    guard step != 0 else { throw .attributeValue("steps", .int(step)) }
    let bounds = step > 0 ? 0...extent : -1...extent - 1
    func position(_ stated: Int) -> Int {
      min(max(stated < 0 ? stated + extent : stated, bounds.lowerBound), bounds.upperBound)
    }
    let distance = step > 0 ? position(end) - position(start) : position(start) - position(end)
    count[axis] = distance <= 0 ? 0 : (distance - 1) / Int(clamping: step.magnitude) + 1
    self.start[axis] = position(start)
    self.step[axis] = count[axis] == 1 ? 1 : step
  }

  /// Adds the slice of a value; one that takes everything is the value itself, and an empty one of
  /// a constant an empty constant, which a concatenation leaves out.
  private func apply(
    to x: Value, _ node: inout ImportedNode
  ) throws(OperatorError) -> Value {
    if self == Slice(all: node.shape(of: x)) { return x }
    if count.contains(0), let data = node.builder.constant(x), let shape = Shape(checking: count) {
      var type = data.type
      type.shape = shape
      return node.builder.constant(TensorData(type, bytes: []), name: node.name)
    }
    return try node.apply(self, [x])
  }

  private static func fromONNX(
    _ node: inout ImportedNode, starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    let axes = axes ?? Array(starts.indices)
    let steps = steps ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw .attributeValue("starts", .ints(starts))
    }
    var slice = Slice(all: shape)
    for index in axes.indices {
      let axis = try shape.axis(axes[index])
      try slice.narrow(
        axis, from: starts[index], to: ends[index], by: steps[index], extent: shape[axis])
    }
    return [try slice.apply(to: x, &node)]
  }

  /// Parts along an axis, of the given sizes or, as far as it divides, of equal ones.
  private static func split(
    _ node: inout ImportedNode, _ x: Value, axis: Int, sizes: [Int]?
  ) throws(OperatorError) -> [Value] {
    let shape = node.shape(of: x)
    guard shape.elementCount > 0 else { throw .emptyOutput }
    let axis = try shape.axis(axis)
    let parts = max(node.outputs.count, 1)
    let part = (shape[axis] + parts - 1) / parts
    var sizes = sizes ?? (0..<parts).map { min(part, max(0, shape[axis] - $0 * part)) }
    // TFLite: the rest.
    if let rest = sizes.firstIndex(of: -1) {
      sizes[rest] = 0
      guard sizes.allSatisfy({ 0...shape[axis] ~= $0 }) else {
        throw .attributeValue("split", .ints(sizes))
      }
      sizes[rest] = shape[axis] - sizes.reduce(0, +)
    }
    guard sizes.count == parts, sizes.allSatisfy({ 1...shape[axis] ~= $0 }),
      sizes.reduce(0, +) == shape[axis]
    else { throw .attributeValue("split", .ints(sizes)) }
    var start = 0
    var outputs: [Value] = []
    for size in sizes {
      var slice = Slice(all: shape)
      slice.start[axis] = start
      slice.count[axis] = size
      outputs.append(try slice.apply(to: x, &node))
      start += size
    }
    return outputs
  }

  /// `SLICE`: begin and size; −1 is the rest.
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (x, begin, size) = (try node.input(0), try node.indices(1), try node.indices(2))
    let shape = node.shape(of: x)
    guard begin.count == shape.rank, size.count == shape.rank else {
      throw .elementCount(input: 1, expected: shape.rank, actual: begin.count)
    }
    var slice = Slice(all: shape)
    for (axis, extent) in shape.extents.enumerated() {
      guard 0...extent ~= begin[axis] else { throw .attributeValue("begin", .ints(begin)) }
      slice.start[axis] = begin[axis]
      slice.count[axis] = size[axis] == -1 ? extent - begin[axis] : size[axis]
    }
    return [try node.asDeclared(try slice.apply(to: x, &node))]
  }

  /// `STRIDED_SLICE`: bit i of a mask is about axis i.
  private static func fromStridedSlice(
    _ node: inout ImportedNode
  ) throws(OperatorError) -> [Value] {
    for mask in ["ellipsis_mask", "new_axis_mask", "offset"] { try node.require(mask, 0) }
    let (x, begin, end) = (try node.input(0), try node.indices(1), try node.indices(2))
    let steps = try node.indices(3)
    let shape = node.shape(of: x)
    guard begin.count <= shape.rank, end.count == begin.count, steps.count == begin.count else {
      throw .elementCount(input: 1, expected: shape.rank, actual: begin.count)
    }
    let beginMask = try node.attributes.int("begin_mask", default: 0)
    let endMask = try node.attributes.int("end_mask", default: 0)
    let shrinkMask = try node.attributes.int("shrink_axis_mask", default: 0)
    var slice = Slice(all: shape)
    var kept: [Int] = []
    for (axis, extent) in shape.extents.enumerated() {
      guard axis < begin.count, shrinkMask >> axis & 1 == 0 else {
        if axis < begin.count { try slice.pick(axis, begin[axis], extent: extent) }
        if axis >= begin.count { kept.append(axis) }
        continue
      }
      let isForward = steps[axis] > 0
      try slice.narrow(
        axis, from: beginMask >> axis & 1 == 0 ? begin[axis] : isForward ? 0 : Int.max,
        to: endMask >> axis & 1 == 0 ? end[axis] : isForward ? Int.max : Int.min,
        by: steps[axis], extent: extent)
      kept.append(axis)
    }
    let part = try slice.apply(to: x, &node)
    return [try node.asDeclared(try node.reshaped(part, to: kept.map { slice.count[$0] }))]
  }

  /// Narrows an axis to one element; a negative index counts from the end.
  private mutating func pick(_ axis: Int, _ index: Int, extent: Int) throws(OperatorError) {
    guard -extent..<extent ~= index else { throw .attributeValue("begin", .int(index)) }
    start[axis] = index < 0 ? index + extent : index
    count[axis] = 1
  }

  /// `UNPACK`: the slices along an axis, without it.
  private static func fromUnpack(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    let axis = try shape.axis(try node.attributes.int("axis", default: 0))
    guard node.outputs.count == shape[axis] else {
      throw .attributeValue("num", .int(node.outputs.count))
    }
    var extents = shape.extents
    extents.remove(at: axis)
    var outputs: [Value] = []
    for index in 0..<shape[axis] {
      var slice = Slice(all: shape)
      try slice.pick(axis, index, extent: shape[axis])
      outputs.append(try node.reshaped(try slice.apply(to: x, &node), to: extents))
    }
    return outputs
  }

  /// `REVERSE_V2`: the given axes backwards.
  private static func fromReverse(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    var slice = Slice(all: shape)
    for axis in try node.indices(1) {
      let axis = try shape.axis(axis)
      guard shape[axis] > 1 else { continue }
      slice.start[axis] = shape[axis] - 1
      slice.step[axis] = -1
    }
    return [try node.asDeclared(try slice.apply(to: x, &node))]
  }
}
