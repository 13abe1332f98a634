// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The same elements in the same order under another shape; costs nothing at run time.
package struct Reshape: Operator, MovingOperator, Hashable {
  package static let name = "Reshape"
  package static let spellings: [Spelling] = [
    .onnx("Reshape", since: 1) { node throws(OperatorError) in
      try toShape(&node, try node.attributes.ints("shape"), zeroCopies: true)
    },
    .onnx("Reshape", since: 5) { node throws(OperatorError) in
      try toShape(
        &node, try node.indices(1),
        zeroCopies: try !node.attributes.bool("allowzero", default: false))
    },
    .onnx("Flatten", since: 1, fromFlatten),
    .onnx("Squeeze", since: 1) { node throws(OperatorError) in
      try squeeze(&node, try node.axes() ?? [])
    },
    .onnx("Unsqueeze", since: 1) { node throws(OperatorError) in
      try unsqueeze(&node, try node.axes() ?? [])
    },
    .tflite(22, fromTFLite),
    .tflite(43) { node throws(OperatorError) in
      try squeeze(&node, try node.attributes.ints("squeeze_dims", default: []))
    },
    .tflite(70) { node throws(OperatorError) in try unsqueeze(&node, try node.indices(1)) },
  ]
  package static let inputCount = 1...1
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  package var shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let input = inputs[0]
    guard input.shape.elementCount == shape.elementCount else {
      throw .elementCount(
        input: 0, expected: shape.elementCount, actual: input.shape.elementCount)
    }
    guard shape.elementCount > 0 else { throw .emptyOutput }
    var output = input.moved(to: shape)
    switch input.quantization?.granularity {
    case .perChannel(let axis), .blocks(let axis, size: _):
      // What comes before and behind the axis is as much as before, so scales stay in order.
      output.quantization = input.quantization?.along(try newAxis(of: axis, in: input.shape))
    case .perTensor, nil: break
    }
    return [output]
  }

  /// The axis of the new shape that counts the same elements as an axis of the old one.
  private func newAxis(of axis: Int, in old: Shape) throws(OperatorError) -> Int {
    for (candidate, stride) in shape.strides.enumerated()
    where shape[candidate] == old[axis] && stride == old.strides[axis] {
      return candidate
    }
    throw .quantizationUnsupported(input: 0)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(shape, inputs[0].values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering { .alias }
}

// MARK: - Gradient

extension Reshape: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.reshaped(node.outputGradient, as: builder.shape(of: node.inputs[0]))]
  }
}

// MARK: - Samples

extension Reshape {
  package static let samples: [Sample] = [
    Sample("float32", Reshape(shape: [4, 3, 2]), [.variable(.float([2, 12]))]),
    Sample("int8", Reshape(shape: [24]), [.variable(.int8([2, 12], scale: 0.02, zeroPoint: 3))]),
  ]
}

// MARK: - Spellings

extension Reshape {
  /// An extent of −1 is worked out from the others; 0 means the input's extent, or 0 itself.
  private static func toShape(
    _ node: inout ImportedNode, _ stated: [Int], zeroCopies: Bool
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    guard stated.allSatisfy({ $0 >= -1 }) else { throw .attributeValue("shape", .ints(stated)) }
    var extents = stated
    for (axis, extent) in stated.enumerated() where extent == 0 && zeroCopies {
      guard axis < shape.rank else { throw .attributeValue("shape", .ints(stated)) }
      extents[axis] = shape[axis]
    }
    if let free = extents.firstIndex(of: -1) {
      extents[free] = 1
      let known = try Shape(checked: extents).elementCount
      guard shape.elementCount % known == 0 else {
        throw .elementCount(input: 0, expected: known, actual: shape.elementCount)
      }
      extents[free] = shape.elementCount / known
    }
    return [try node.asDeclared(try node.reshaped(x, to: extents))]
  }

  /// The shape is input 1, or an option; where a converter left both out, the output's own.
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    if node.optionalInput(1) != nil {
      return try toShape(&node, try node.indices(1), zeroCopies: false)
    }
    let option = try node.attributes.ints("new_shape", default: [])
    let declared = node.outputs.first?.shape?.extents
    return try toShape(&node, option.isEmpty ? declared ?? [] : option, zeroCopies: false)
  }

  private static func fromFlatten(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let extents = node.shape(of: try node.input(0)).extents
    var axis = try node.attributes.int("axis", default: 1)
    if axis < 0 { axis += extents.count }
    guard 0...extents.count ~= axis else { throw .axis(axis, rank: extents.count) }
    let (outer, inner) = (extents[..<axis].reduce(1, *), extents[axis...].reduce(1, *))
    return [try node.reshaped(try node.input(0), to: [outer, inner])]
  }

  /// Drops axes of extent 1: the given ones, or all.
  private static func squeeze(
    _ node: inout ImportedNode, _ axes: [Int]
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    var isDropped = shape.extents.map { $0 == 1 && axes.isEmpty }
    for axis in axes {
      let axis = try shape.axis(axis)
      guard shape[axis] == 1 else { throw .attributeValue("axes", .ints(axes)) }
      isDropped[axis] = true
    }
    let kept = zip(shape.extents, isDropped).filter { !$0.1 }.map { $0.0 }
    return [try node.asDeclared(try node.reshaped(x, to: kept))]
  }

  /// Adds axes of extent 1, numbered as they are in the output.
  private static func unsqueeze(
    _ node: inout ImportedNode, _ axes: [Int]
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let rank = node.shape(of: x).rank + axes.count
    var isNew = [Bool](repeating: false, count: rank)
    for axis in axes {
      guard -rank..<rank ~= axis, !isNew[axis < 0 ? axis + rank : axis] else {
        throw .attributeValue("axes", .ints(axes))
      }
      isNew[axis < 0 ? axis + rank : axis] = true
    }
    var old = node.shape(of: x).extents[...]
    let extents = isNew.map { $0 ? 1 : old.removeFirst() }
    return [try node.asDeclared(try node.reshaped(x, to: extents))]
  }
}
