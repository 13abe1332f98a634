// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Surrounds a tensor with a constant.
package struct Pad: Operator, Hashable {
  package static let name = "Pad"
  package static let spellings: [Spelling] = [
    .onnx("Pad", since: 2) { node throws(OperatorError) in
      try fromONNX(
        &node, pads: try node.attributes.ints("pads"), axes: nil,
        value: try node.attributes.float("value", default: 0))
    },
    .onnx("Pad", since: 11) { node throws(OperatorError) in
      try fromONNX(
        &node, pads: try node.indices(1),
        axes: node.optionalInput(3) == nil ? nil : try node.indices(3),
        value: try node.scalar(2) ?? 0)
    },
    .tflite(34) { node throws(OperatorError) in try fromTFLite(&node, value: 0) },
    .tflite(60) { node throws(OperatorError) in
      let value = ReferenceTensor(try node.constantInput(2)).values
      guard value.count == 1 else {
        throw .elementCount(input: 2, expected: 1, actual: value.count)
      }
      return try fromTFLite(&node, value: Float(value[0]))
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.sameAsInput

  /// Elements in front on each axis, outermost first.
  package var before: [Int]

  /// Elements behind on each axis.
  package var after: [Int]

  /// What to fill with, in real units; an int8 tensor holds it rounded and saturated.
  package var value: Float

  package init(before: [Int], after: [Int], value: Float = 0) {
    self.before = before
    self.after = after
    self.value = value
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    let shape = inputs[0].shape
    for (name, counts) in [("before", before), ("after", after)] {
      guard counts.count == shape.rank, counts.allSatisfy({ 0...Int(Int32.max) ~= $0 }) else {
        throw .attributeValue(name, .ints(counts))
      }
    }
    let extents = shape.extents.indices.map { before[$0] + shape[$0] + after[$0] }
    return [inputs[0].moved(to: try Shape(checked: extents))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let shape = inputs[0].shape
    let output = Shape(shape.extents.indices.map { before[$0] + shape[$0] + after[$0] })
    var y = ReferenceTensor(output, repeating: Double(value))
    let start = zip(before, output.strides).map { $0 * $1 }.reduce(0, +)
    for (source, target) in stridedIndices(shape.extents, output.strides, offset: start)
      .enumerated()
    {
      y.values[target] = inputs[0].values[source]
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    var axes = paddedAxes(of: node.inputs[0].shape)
    guard axes.count <= 4 else { throw .rank(input: 0, expected: 1...4, actual: axes.count) }
    axes = [Axis](repeating: Axis(input: 1, output: 1, before: 0), count: 4 - axes.count) + axes
    func stored(_ field: KeyPath<Axis, Int>) -> (UInt32, UInt32, UInt32, UInt32) {
      let values = axes.map { UInt32($0[keyPath: field]) }
      return (values[0], values[1], values[2], values[3])
    }
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_pad,
        parameters: uk_pad_parameters(
          in: stored(\.input), out: stored(\.output), before: stored(\.before),
          element_bytes: UInt32(node.inputs[0].dtype.byteCount),
          fill: try fill(node.inputs[0]), reserved: (0, 0)),
        operands: [.input(0), .output(0)]))
  }

  private struct Axis {
    var input: Int
    var output: Int
    var before: Int
  }

  /// The axes, an inner one that is not padded merged into its outer neighbour.
  private func paddedAxes(of shape: Shape) -> [Axis] {
    var axes: [Axis] = []
    for (axis, extent) in shape.extents.enumerated() {
      let next = Axis(
        input: extent, output: before[axis] + extent + after[axis], before: before[axis])
      if axes.count + shape.rank - axis > 4, next.output == extent, let last = axes.last {
        axes[axes.count - 1] = Axis(
          input: last.input * extent, output: last.output * extent, before: last.before * extent)
      } else {
        axes.append(next)
      }
    }
    return axes
  }

  /// The bytes of one element of the padding.
  private func fill(_ type: TensorType) throws(OperatorError) -> UInt32 {
    switch type.dtype {
    case .float32: return value.bitPattern
    case .int8:
      let parameters = try type.perTensorQuantization(input: 0)
      return UInt32(UInt8(bitPattern: quantized(Double(value), parameters)))
    case .uint8: return UInt32(UInt8(truncatingIfNeeded: try wholeValue()))
    case .int16: return UInt32(UInt16(truncatingIfNeeded: try wholeValue()))
    case .int32: return UInt32(truncatingIfNeeded: try wholeValue())
    case .bool: return value == 0 ? 0 : 1
    case .float16, .float64, .int64:
      // Eight bytes are filled with zeros only; float16 is not calculated with.
      guard value == 0 else { throw .dtype(input: 0, actual: type.dtype) }
      return 0
    }
  }

  /// The value as an integer that padding may have.
  private func wholeValue() throws(OperatorError) -> Int32 {
    guard let whole = Int32(exactly: value) else { throw .attributeValue("value", .float(value)) }
    return whole
  }
}

// MARK: - Gradient

extension Pad: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let count = builder.shape(of: node.inputs[0]).extents
    let slice = Slice(start: before, step: count.map { _ in 1 }, count: count)
    return [try builder.apply(slice, [node.outputGradient])]
  }
}

// MARK: - Samples

extension Pad {
  package static let samples: [Sample] = [
    Sample(
      "float32", Pad(before: [0, 1, 2, 0], after: [0, 3, 0, 1], value: -1.5),
      [.variable(.float([2, 3, 4, 5]))]),
    Sample(
      "float32, rank 5", Pad(before: [0, 1, 0, 0, 2], after: [0, 0, 0, 3, 0]),
      [.variable(.float([2, 3, 2, 4, 5]))]),
    Sample(
      "int8", Pad(before: [1, 0], after: [0, 2], value: 0.5),
      [.variable(.int8([3, 7], scale: 0.02, zeroPoint: -20))]),
  ]
}

// MARK: - Spellings

extension Pad {
  /// `pads` holds the counts in front of each axis, then those behind.
  private static func fromONNX(
    _ node: inout ImportedNode, pads: [Int], axes: [Int]?, value: Float
  ) throws(OperatorError) -> [Value] {
    let mode = try node.attributes.string("mode", default: "constant")
    guard mode == "constant" else { throw .attributeValue("mode", .string(mode)) }
    let x = try node.input(0)
    let shape = node.shape(of: x)
    let axes = axes ?? Array(0..<shape.rank)
    guard pads.count == 2 * axes.count else { throw .attributeValue("pads", .ints(pads)) }
    var pad = Pad(
      before: [Int](repeating: 0, count: shape.rank),
      after: [Int](repeating: 0, count: shape.rank), value: value)
    for (index, axis) in axes.enumerated() {
      pad.before[try shape.axis(axis)] = pads[index]
      pad.after[try shape.axis(axis)] = pads[axes.count + index]
    }
    return [try node.apply(pad, [x])]
  }

  /// Input 1 is `[rank, 2]`: the counts in front of and behind each axis.
  private static func fromTFLite(
    _ node: inout ImportedNode, value: Float
  ) throws(OperatorError) -> [Value] {
    let (x, counts) = (try node.input(0), try node.indices(1))
    guard counts.count == 2 * node.shape(of: x).rank else {
      throw .elementCount(
        input: 1, expected: 2 * node.shape(of: x).rank, actual: counts.count)
    }
    let pad = Pad(
      before: stride(from: 0, to: counts.count, by: 2).map { counts[$0] },
      after: stride(from: 1, to: counts.count, by: 2).map { counts[$0] }, value: value)
    return [try node.asDeclared(try node.apply(pad, [x]))]
  }
}
