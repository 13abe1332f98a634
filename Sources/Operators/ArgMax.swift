// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Where the largest element along an axis is: `y[…] = argmax x[…, k, …]`, or the smallest.
///
/// The axis stays, with extent 1. float32 or int8; the output is int32 or int64. Of equals it is
/// the first, or the last. NaN counts as −∞ for the largest and as +∞ for the smallest.
package struct ArgMax: Operator, Hashable {
  package static let name = "ArgMax"
  package static let spellings: [Spelling] = [
    .onnx("ArgMax", since: 1) { node throws(OperatorError) in try fromONNX(&node, false) },
    .onnx("ArgMin", since: 1) { node throws(OperatorError) in try fromONNX(&node, true) },
    .tflite(56) { node throws(OperatorError) in try fromTFLite(&node, false) },
    .tflite(79) { node throws(OperatorError) in try fromTFLite(&node, true) },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  /// A negative axis counts from the last.
  package var axis: Int
  package var isMinimum: Bool
  package var takesLast: Bool

  /// int32 or int64.
  package var indexDType: DType

  package init(
    axis: Int, isMinimum: Bool = false, takesLast: Bool = false, indexDType: DType = .int64
  ) {
    self.axis = axis
    self.isMinimum = isMinimum
    self.takesLast = takesLast
    self.indexDType = indexDType
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    guard indexDType == .int32 || indexDType == .int64 else {
      throw .dtype(input: 0, actual: indexDType)
    }
    var extents = inputs[0].shape.extents
    extents[try inputs[0].shape.axis(axis)] = 1
    return [TensorType(indexDType, Shape(extents))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let shape = inputs[0].shape
    guard let axis = try? shape.axis(axis) else { preconditionFailure("types were inferred") }
    let (depth, stride) = (shape[axis], shape.strides[axis])
    var extents = shape.extents
    extents[axis] = 1
    let sign: Double = isMinimum ? -1 : 1
    let y = (0..<shape.elementCount / depth).map { output in
      let first = output / stride * stride * depth + output % stride
      let elements = (0..<depth).map { k -> Double in
        let element = sign * inputs[0].values[first + k * stride]
        return element.isNaN ? -.infinity : element
      }
      let best = elements.max()
      let index = takesLast ? elements.lastIndex { $0 == best } : elements.firstIndex { $0 == best }
      return Double(index ?? 0)
    }
    return [ReferenceTensor(Shape(extents), y)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let shape = node.inputs[0].shape
    let axis = try shape.axis(axis)
    let columns = shape.strides[axis]
    return .step(
      KernelRequest(
        try node.isQuantized() ? .UK_CONTRACT_s8_argmax : .UK_CONTRACT_f32_argmax,
        parameters: uk_argmax_parameters(
          rows: UInt32(shape.elementCount / shape[axis] / columns), depth: UInt32(shape[axis]),
          columns: UInt32(columns), index_bytes: UInt32(indexDType.byteCount),
          is_minimum: isMinimum ? 1 : 0, takes_last: takesLast ? 1 : 0, reserved: (0, 0)),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Samples

extension ArgMax {
  package static let samples: [Sample] = [
    Sample("float32, last axis", ArgMax(axis: -1), [.variable(.float([3, 7, 19]))]),
    Sample(
      "float32, smallest", ArgMax(axis: 1, isMinimum: true, indexDType: .int32),
      [.variable(.float([2, 9, 21]))]),
    Sample(
      "int8, last axis", ArgMax(axis: -1), [.variable(.int8([5, 9, 21], scale: 0.1, zeroPoint: 3))]
    ),
    Sample(
      "int8, last of equals", ArgMax(axis: 0, takesLast: true, indexDType: .int32),
      [.variable(.int8([6, 35], scale: 0.4))]),
  ]
}

// MARK: - Spellings

extension ArgMax {
  private static func fromONNX(
    _ node: inout ImportedNode, _ isMinimum: Bool
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let axis = try node.shape(of: x).axis(try node.attributes.int("axis", default: 0))
    let operation = ArgMax(
      axis: axis, isMinimum: isMinimum,
      takesLast: try node.attributes.bool("select_last_index", default: false))
    return try node.indices(
      operation, x, keepsAxis: try node.attributes.bool("keepdims", default: true))
  }

  /// Input 1 is the axis; the output type is a number of the schema.
  private static func fromTFLite(
    _ node: inout ImportedNode, _ isMinimum: Bool
  ) throws(OperatorError) -> [Value] {
    let axes = try node.indices(1)
    guard axes.count == 1 else {
      throw .elementCount(input: 1, expected: 1, actual: axes.count)
    }
    let code = try node.attributes.int("output_type", default: 0)
    let indexDType: DType
    switch code {
    case 2: indexDType = .int32
    case 4: indexDType = .int64
    default: throw .attributeValue("output_type", .int(code))
    }
    let operation = ArgMax(axis: axes[0], isMinimum: isMinimum, indexDType: indexDType)
    return try node.indices(operation, try node.input(0), keepsAxis: false)
  }
}

extension ImportedNode {
  /// Applies an `ArgMax`; its axis goes unless it is kept.
  ///
  /// The channels of an image that is channels first by a transpose are found where they were:
  /// without them, both layouts are the same.
  fileprivate mutating func indices(
    _ operation: ArgMax, _ x: Value, keepsAxis: Bool
  ) throws(OperatorError) -> [Value] {
    let shape = shape(of: x)
    var (operation, source) = (operation, x)
    if shape.rank == 4, operation.axis == 1, let producer = builder.producer(of: x),
      let transpose = producer.operation as? Transpose, transpose.permutation == [0, 3, 1, 2]
    {
      operation.axis = 3
      source = producer.inputs[0]
    }
    // Indices have no scale, whatever the file declares.
    let y = try builder.apply(operation, [source], name: name)
    var extents = shape.extents
    let axis = try shape.axis(operation.axis == 3 && source != x ? 1 : operation.axis)
    if keepsAxis { extents[axis] = 1 } else { extents.remove(at: axis) }
    return [try reshaped(y, to: extents)]
  }
}
