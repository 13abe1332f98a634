// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Repeats a tensor along its axes of extent 1, and along new ones in front, as NumPy broadcasts.
///
/// Any dtype.
package struct Expand: Operator, MovingOperator, Hashable {
  package static let name = "Expand"
  package static let spellings: [Spelling] = [
    .onnx("Expand", since: 8) { node throws(OperatorError) in
      try expand(&node, try node.input(0), by: try node.indices(1))
    },
    .onnx("Tile", since: 6) { node throws(OperatorError) in
      try tile(&node, try node.indices(1))
    },
    .onnx("ConstantOfShape", since: 9) { node throws(OperatorError) in
      let value = try node.attributes.tensor("value") ?? TensorData([1], float32: [0])
      let x = node.builder.constant(value, name: node.name)
      return try expand(&node, try node.reshaped(x, to: []), by: try node.indices(0))
    },
    .tflite(69) { node throws(OperatorError) in try tile(&node, try node.indices(1)) },
    .tflite(94) { node throws(OperatorError) in
      try expand(&node, try node.reshaped(try node.input(1), to: []), by: try node.indices(0))
    },
    .tflite(130) { node throws(OperatorError) in
      try expand(&node, try node.input(0), by: try node.indices(1))
    },
  ]
  package static let inputCount = 1...1
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  /// The output's shape.
  package var shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard shape.rank <= ProgramFormat.maximumRank else {
      throw .rank(input: 0, expected: 0...ProgramFormat.maximumRank, actual: shape.rank)
    }
    guard try Broadcast(inputs[0].shape, shape).output == shape else {
      throw .shapesDoNotBroadcast(inputs[0].shape, shape)
    }
    if let quantization = inputs[0].quantization, quantization.perTensor == nil {
      throw .quantizationUnsupported(input: 0)
    }
    return [inputs[0].moved(to: shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let sources = stridedIndices(shape.extents, reading(inputs[0].shape))
    return [ReferenceTensor(shape, sources.map { inputs[0].values[$0] })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try StridedView(shape.extents, strides: reading(node.inputs[0].shape)).lower(node)
  }

  /// The distance of the output's neighbours in the input.
  private func reading(_ input: Shape) -> [Int] {
    let own = zip(input.extents, input.strides).map { $0 == 1 ? 0 : $1 }
    return [Int](repeating: 0, count: shape.rank - input.rank) + own
  }
}

// MARK: - Gradient

extension Expand: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.summed(node.outputGradient, to: builder.shape(of: node.inputs[0]))]
  }
}

// MARK: - Samples

extension Expand {
  package static let samples: [Sample] = [
    Sample("float32, rows", Expand(shape: [3, 4, 5]), [.variable(.float([5]))]),
    Sample("float32, inside", Expand(shape: [2, 3, 4, 5]), [.variable(.float([2, 1, 4, 1]))]),
    Sample("float32, scalar", Expand(shape: [7, 3]), [.variable(.float([]))]),
    Sample("bool", Expand(shape: [2, 6, 3]), [.variable(TensorType(.bool, [2, 1, 3]))]),
    Sample(
      "int8", Expand(shape: [4, 3, 9]), [.variable(.int8([4, 1, 9], scale: 0.02, zeroPoint: 5))]),
  ]
}

// MARK: - Spellings

extension Expand {
  /// Each of the two shapes may stretch the other.
  private static func expand(
    _ node: inout ImportedNode, _ x: Value, by extents: [Int]
  ) throws(OperatorError) -> [Value] {
    let shape = try Broadcast(node.shape(of: x), try Shape(checked: extents)).output
    return [try node.asDeclared(try node.expanded(x, to: shape))]
  }

  /// Repeats whole axes, from the last: each is a new axis in front of it, expanded and merged.
  private static func tile(
    _ node: inout ImportedNode, _ repeats: [Int]
  ) throws(OperatorError) -> [Value] {
    var x = try node.input(0)
    var extents = node.shape(of: x).extents
    guard repeats.count == extents.count, repeats.allSatisfy({ 0...Int(Int32.max) ~= $0 }) else {
      throw .attributeValue("repeats", .ints(repeats))
    }
    _ = try Shape(checked: zip(repeats, extents).map { $0 * $1 })
    for axis in extents.indices.reversed() where repeats[axis] > 1 {
      let (outer, inner) = (extents[..<axis].reduce(1, *), extents[axis...].reduce(1, *))
      let rows = try node.reshaped(x, to: [outer, 1, inner])
      let tiled = try node.expanded(rows, to: try Shape(checked: [outer, repeats[axis], inner]))
      extents[axis] *= repeats[axis]
      x = try node.reshaped(tiled, to: extents)
    }
    return [try node.asDeclared(x)]
  }
}

extension ImportedNode {
  /// The value repeated to a shape; itself when it has it.
  mutating func expanded(_ value: Value, to shape: Shape) throws(OperatorError) -> Value {
    shape == self.shape(of: value) ? value : try apply(Expand(shape: shape), [value])
  }
}
