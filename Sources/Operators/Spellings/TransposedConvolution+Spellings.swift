// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension TransposedConvolution {
  /// Weights are `[C, O / group, kh, kw]`.
  static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let rank = node.shape(of: try node.input(0)).rank
    let x = try node.channelsLastImage(try node.input(0))
    try node.type(of: try node.input(1)).check(rank: rank...rank, input: 1)
    let weights = try node.withHeight(try node.input(1))
    let (shape, image) = (node.shape(of: weights), node.shape(of: x))
    let kernel = Extent2D(shape[2], shape[3])
    let stated = try node.attributes.ints("kernel_shape", default: [kernel.height, kernel.width])
    guard stated == [kernel.height, kernel.width].suffix(stated.count) else {
      throw .attributeValue("kernel_shape", .ints(stated))
    }
    let groups = try node.attributes.int("group", default: 1)
    guard groups > 0, shape[0] % groups == 0 else { throw .attributeValue("group", .int(groups)) }
    let filters = try node.filters(weights, groups: groups)
    let window = try ONNXTransposedWindow(node.attributes, kernel: kernel, image: image)
    let operation = TransposedConvolution(
      stride: Extent2D(window.rows.axis.stride, window.columns.axis.stride),
      dilation: Extent2D(window.rows.axis.dilation, window.columns.axis.dilation),
      before: Extent2D(window.rows.axis.before, window.columns.axis.before),
      output: Extent2D(window.rows.output, window.columns.output), groups: groups)
    let y = try node.apply(operation, [x, filters] + (node.optionalInput(2).map { [$0] } ?? []))
    return [try node.channelsFirst(y, rank: rank)]
  }

  /// Inputs are the output's shape, weights `[O, kh, kw, C]`, x, and the bias where there is one.
  static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let extents = try node.indices(0)
    guard extents.count == 4 else {
      throw .elementCount(input: 0, expected: 4, actual: extents.count)
    }
    let weights = node.shape(of: try node.image4D(1))
    let output = Extent2D(extents[1], extents[2])
    let stride = try node.tfliteStride()
    // The padding of the convolution that this one transposes.
    let padding = try node.tflitePadding(
      kernel: Extent2D(weights[1], weights[2]), stride: stride, image: try Shape(checked: extents))
    let operation = TransposedConvolution(
      stride: stride, before: Extent2D(padding.top, padding.left), output: output,
      activation: try node.fusedActivation())
    _ = try node.image4D(2)
    let y = try node.apply(
      operation, try node.contractionInputs(x: 2, weights: 1, bias: 3))
    try node.type(of: y).check(extents: extents, input: 0)
    return [y]
  }
}

extension ImportedNode {
  /// `[C, O / groups, kh, kw]` as `[O, kh, kw, C / groups]`.
  fileprivate mutating func filters(
    _ weights: Value, groups: Int
  ) throws(OperatorError) -> Value {
    guard groups > 1 else { return try transposed(weights, [1, 2, 3, 0]) }
    let shape = shape(of: weights)
    let (depth, columns) = (shape[0] / groups, shape[1])
    let split = try reshaped(weights, to: [groups, depth, columns, shape[2], shape[3]])
    let moved = try transposed(split, [0, 2, 3, 4, 1])
    return try reshaped(moved, to: [groups * columns, shape[2], shape[3], depth])
  }
}

/// The window attributes of ONNX `ConvTranspose`, which turn the input's extent into the output's.
private struct ONNXTransposedWindow {
  /// One axis, and the extent of the output along it.
  struct Axis {
    var axis: WindowAxis
    var output = 0
  }

  private(set) var rows: Axis
  private(set) var columns: Axis

  init(_ attributes: Attributes, kernel: Extent2D, image: Shape) throws(OperatorError) {
    rows = Axis(axis: WindowAxis(kernel: kernel.height, stride: 1))
    columns = Axis(axis: WindowAxis(kernel: kernel.width, stride: 1))
    (rows.axis.stride, columns.axis.stride) = try ONNXWindow.pair(attributes, "strides")
    (rows.axis.dilation, columns.axis.dilation) = try ONNXWindow.pair(attributes, "dilations")
    let added = try attributes.ints("output_padding", default: [0, 0])
    let pads = try attributes.ints("pads", default: [0, 0, 0, 0])
    // In later versions the output's shape may have the batch and the channels in front.
    let stated = try attributes.ints("output_shape", default: []).suffix(2)
    let mode = try attributes.string("auto_pad", default: "NOTSET")
    guard ["NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(mode) else {
      throw .attributeValue("auto_pad", .string(mode))
    }
    guard pads.count == 2 || pads.count == 4 else { throw .attributeValue("pads", .ints(pads)) }
    guard added.count == 1 || added.count == 2 else {
      throw .attributeValue("output_padding", .ints(added))
    }
    let isSignal = pads.count == 2 || added.count == 1
    try rows.fit(
      input: image[1], pads: isSignal ? (0, 0) : (pads[0], pads[2]),
      added: added.count == 2 ? added[0] : 0,
      stated: stated.count == 2 ? stated.first : nil, mode: mode)
    try columns.fit(
      input: image[2], pads: pads.count == 2 ? (pads[0], pads[1]) : (pads[1], pads[3]),
      added: added[added.count - 1], stated: stated.last, mode: mode)
  }
}

extension ONNXTransposedWindow.Axis {
  /// Works out what is cut off in front and what is left.
  ///
  /// With the output stated, or with `SAME` padding, what is too much is cut off on both sides; an
  /// odd cell behind for `SAME_UPPER`, in front else.
  mutating func fit(
    input: Int, pads: (Int, Int), added: Int, stated: Int?, mode: String
  ) throws(OperatorError) {
    let limit = Int(Int32.max)
    for (name, value) in [
      ("strides", axis.stride), ("dilations", axis.dilation), ("kernel_shape", axis.kernel),
      ("pads", pads.0), ("pads", pads.1), ("output_padding", added),
    ] where !(0...limit ~= value) {
      throw .attributeValue(name, .int(value))
    }
    let whole = axis.stride * (input - 1) + added + axis.span
    let isSame = mode.hasPrefix("SAME")
    if let wanted = stated ?? (isSame ? input * axis.stride : nil) {
      let total = max(whole - wanted, 0)
      axis.before = mode == "SAME_UPPER" ? total / 2 : total - total / 2
      output = wanted
    } else {
      axis.before = mode == "VALID" ? 0 : pads.0
      output = whole - (mode == "VALID" ? 0 : pads.0 + pads.1)
    }
  }
}
