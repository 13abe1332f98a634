// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The window attributes of ONNX convolution and pooling.
///
/// `strides`, `dilations`, `pads` and `auto_pad`; a signal has one of each, for its columns.
struct ONNXWindow {
  private(set) var rows: WindowAxis
  private(set) var columns: WindowAxis

  /// Reads the attributes for a kernel over an NHWC image.
  init(_ attributes: Attributes, kernel: Extent2D, image: Shape) throws(OperatorError) {
    rows = WindowAxis(kernel: kernel.height, stride: 1)
    columns = WindowAxis(kernel: kernel.width, stride: 1)
    (rows.stride, columns.stride) = try Self.pair(attributes, "strides")
    (rows.dilation, columns.dilation) = try Self.pair(attributes, "dilations")
    let mode = try attributes.string("auto_pad", default: "NOTSET")
    switch mode {
    case "NOTSET", "":
      let pads = try attributes.ints("pads", default: [0, 0, 0, 0])
      switch pads.count {
      case 2: (columns.before, columns.after) = (pads[0], pads[1])
      case 4:
        (rows.before, rows.after) = (pads[0], pads[2])
        (columns.before, columns.after) = (pads[1], pads[3])
      default: throw .attributeValue("pads", .ints(pads))
      }
    case "VALID": break
    case "SAME_UPPER", "SAME_LOWER":
      try rows.padSame(input: image[1], isLower: mode == "SAME_LOWER")
      try columns.padSame(input: image[2], isLower: mode == "SAME_LOWER")
    default: throw .attributeValue("auto_pad", .string(mode))
    }
  }

  /// Makes partial windows at the end count; see `WindowAxis.padToCeiling(input:)`.
  mutating func padToCeiling(image: Shape) throws(OperatorError) {
    try rows.padToCeiling(input: image[1])
    try columns.padToCeiling(input: image[2])
  }

  var stride: Extent2D { Extent2D(rows.stride, columns.stride) }

  var dilation: Extent2D { Extent2D(rows.dilation, columns.dilation) }

  var padding: Padding {
    Padding(top: rows.before, left: columns.before, bottom: rows.after, right: columns.after)
  }

  /// One number for a signal's columns, or two for an image; 1 where absent.
  static func pair(
    _ attributes: Attributes, _ name: String
  ) throws(OperatorError) -> (height: Int, width: Int) {
    let values = try attributes.ints(name, default: [1, 1])
    switch values.count {
    case 1: return (1, values[0])
    case 2: return (values[0], values[1])
    default: throw .attributeValue(name, .ints(values))
    }
  }
}
