// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Windows without weights, and resampling.

extension AveragePool: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let counts: [ONNXDocument.Attribute] =
      countsPadding ? [("count_include_pad", .int(1))] : []
    return try onnx.pool(
      "AveragePool", window, stride: stride, padding: padding, attributes: counts, activation)
  }
}

extension MaxPool: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.pool(
      "MaxPool", window, stride: stride, padding: padding, attributes: [], activation)
  }
}

extension ONNXWriter {
  /// A pool over the channels-second image; over a whole image it is global.
  fileprivate mutating func pool(
    _ type: String, _ window: Extent2D, stride: Extent2D, padding: Padding,
    attributes: [ONNXDocument.Attribute], _ activation: ActivationRange
  ) throws(OperatorError) -> Written {
    let (image, result) = (shape(0), output.shape)
    let x = try operand(0, .channelsSecond(4))
    // Run times refuse padding that no window reads.
    let needed = Padding(
      top: padding.top, left: padding.left,
      bottom: max((result[1] - 1) * stride.height + window.height - padding.top - image[1], 0),
      right: max((result[2] - 1) * stride.width + window.width - padding.left - image[2], 0))
    let isGlobal = window == Extent2D(image[1], image[2]) && needed == .none
    let y =
      isGlobal && result[1] == 1 && result[2] == 1
      ? emit("Global\(type)", [x])
      : emit(type, [x], windowAttributes(window, stride: stride, padding: needed) + attributes)
    return .tensor(clamped(y, activation), .channelsSecond(4))
  }
}

extension Resize: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let shape = onnx.shape(0)
    let x = try onnx.operand(0, .channelsSecond(4))
    var attributes: [ONNXDocument.Attribute] = [
      ("coordinate_transformation_mode", .string(coordinates.onnxName))
    ]
    switch mode {
    case .bilinear: attributes.append(("mode", .string("linear")))
    case .nearest(let rounding):
      attributes += [("mode", .string("nearest")), ("nearest_mode", .string(rounding.onnxName))]
    }
    guard let step else {
      let sizes = onnx.indices([shape[0], shape[3], height, width])
      return .tensor(onnx.emit("Resize", [x, nil, nil, sizes], attributes), .channelsSecond(4))
    }
    let scales = [Float(1 / step.height), Float(1 / step.width)]
    // The scales make the extents too.
    for (scale, (input, output)) in zip(scales, [(shape[1], height), (shape[2], width)]) {
      let extent = Float(input) * scale
      guard extent < Float(Int32.max), Int(extent) == output else {
        throw .attributeValue("step", .float(1 / scale))
      }
    }
    let y = onnx.emit("Resize", [x, nil, onnx.floats([1, 1] + scales)], attributes)
    return .tensor(y, .channelsSecond(4))
  }
}

extension ResizeCoordinates {
  fileprivate var onnxName: String {
    switch self {
    case .halfPixel: "half_pixel"
    case .halfPixelOrZero: "pytorch_half_pixel"
    case .alignCorners: "align_corners"
    case .asymmetric: "asymmetric"
    }
  }
}

extension ResizeRounding {
  fileprivate var onnxName: String {
    switch self {
    case .floor: "floor"
    case .ceiling: "ceil"
    case .halfDown: "round_prefer_floor"
    case .halfUp: "round_prefer_ceil"
    }
  }
}
