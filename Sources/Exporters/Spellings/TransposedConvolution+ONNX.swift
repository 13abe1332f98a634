// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension TransposedConvolution: ONNXWritable {
  /// What no window reaches is output padding as far as ONNX goes, and padded then.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let (image, weights) = (onnx.shape(0), onnx.shape(1))
    let rows = try Axis(
      input: image[1], kernel: weights[1], stride: stride.height, dilation: dilation.height,
      before: before.height, output: output.height)
    let columns = try Axis(
      input: image[2], kernel: weights[2], stride: stride.width, dilation: dilation.width,
      before: before.width, output: output.width)
    let isWhole = rows.missing == 0 && columns.missing == 0
    let bias = try onnx.bias(channelAxis: 0)
    let operands = [
      try onnx.operand(0, .channelsSecond(4)), try onnx.filters(groups: groups),
      isWhole ? bias : nil,
    ]
    var attributes = windowAttributes(
      Extent2D(weights[1], weights[2]), stride: stride, dilation: dilation,
      padding: Padding(
        top: before.height, left: before.width, bottom: rows.after, right: columns.after))
    attributes.append(("output_padding", .ints([rows.added, columns.added])))
    attributes.append(("group", .int(groups)))
    var y = onnx.emit("ConvTranspose", operands.withoutLastMissing, attributes)
    if !isWhole {
      y = onnx.emit("Pad", [y, onnx.indices([0, 0, 0, 0, 0, 0, rows.missing, columns.missing])])
      if let bias { y = onnx.emit("Add", [y, onnx.reshaped(bias, [1, weights[0], 1, 1])]) }
    }
    return .tensor(onnx.clamped(y, activation), .channelsSecond(4))
  }

  /// How ONNX says where one axis of the output begins and ends.
  private struct Axis {
    /// Cut off behind.
    var after = 0
    /// Added behind, less than a stride.
    var added = 0
    /// Still missing behind.
    var missing = 0

    init(
      input: Int, kernel: Int, stride: Int, dilation: Int, before: Int, output: Int
    ) throws(OperatorError) {
      let rest = stride * (input - 1) + dilation * (kernel - 1) + 1 - before
      guard rest > 0 else { throw .attributeValue("before", .int(before)) }
      after = max(rest - output, 0)
      if output - rest < stride { added = max(output - rest, 0) } else { missing = output - rest }
    }
  }
}

extension ONNXWriter {
  /// Weights `[O, kh, kw, C / groups]`, input 1, as `[C, O / groups, kh, kw]`.
  fileprivate mutating func filters(groups: Int) throws(OperatorError) -> WrittenTensor {
    guard groups > 1 else { return try operand(1, Layout([3, 0, 1, 2])) }
    let extents = shape(1).extents
    let (columns, depth) = (extents[0] / groups, extents[3])
    let split = [groups, columns, extents[1], extents[2], depth]
    let order = [0, 4, 1, 2, 3]
    let joined = [groups * depth, columns, extents[1], extents[2]]
    guard let data = constant(1) else {
      let parts = reshaped(try operand(1), split)
      return reshaped(emit("Transpose", [parts], [("perm", .ints(order))]), joined)
    }
    let hint = graph.name(of: current.inputs[1])
    do throws(OperatorError) {
      return try real(try data.reshaped(split).transposed(order).reshaped(joined), hint: hint)
    } catch {
      // The channels' scales lie along no axis of the result.
      let reals = TensorData(
        data.type.shape, float32: ReferenceTensor(data).values.map { Float($0) })
      return try real(try reals.reshaped(split).transposed(order).reshaped(joined), hint: hint)
    }
  }
}
