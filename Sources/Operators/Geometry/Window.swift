// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A pair of extents, steps or counts along the two axes of an image.
package struct Extent2D: Hashable, Sendable {
  package let height: Int
  package let width: Int

  package init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  package static let one = Extent2D(1, 1)
}

/// Rows and columns of padding around an image.
package struct Padding: Hashable, Sendable {
  package let top: Int
  package let left: Int
  package let bottom: Int
  package let right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  package static let none = Padding(top: 0, left: 0, bottom: 0, right: 0)
}

/// A window sliding over an NHWC image: convolution and pooling, checked.
struct Window {
  let batch: Int
  let input: Extent2D
  let channels: Int
  let output: Extent2D
  let kernel: Extent2D
  let stride: Extent2D
  let dilation: Extent2D
  let padding: Padding

  /// Works out the output extent.
  ///
  /// - Throws: `OperatorError` when an attribute is not positive or the window does not fit.
  init(
    over image: TensorType, kernel: Extent2D, stride: Extent2D, dilation: Extent2D = .one,
    padding: Padding
  ) throws(OperatorError) {
    try image.check(rank: 4...4, input: 0)
    batch = image.shape[0]
    input = Extent2D(image.shape[1], image.shape[2])
    channels = image.shape[3]
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    output = Extent2D(
      try WindowAxis(
        kernel: kernel.height, stride: stride.height, dilation: dilation.height,
        before: padding.top, after: padding.bottom
      ).outputExtent(of: input.height),
      try WindowAxis(
        kernel: kernel.width, stride: stride.width, dilation: dilation.width,
        before: padding.left, after: padding.right
      ).outputExtent(of: input.width))
  }

  /// A pooling window, which must reach the image from every output position.
  init(
    poolingOver image: TensorType, kernel: Extent2D, stride: Extent2D, padding: Padding
  ) throws(OperatorError) {
    try self.init(over: image, kernel: kernel, stride: stride, padding: padding)
    for (before, window, last, input) in [
      (padding.top, kernel.height, (output.height - 1) * stride.height, input.height),
      (padding.left, kernel.width, (output.width - 1) * stride.width, input.width),
    ] {
      guard before < window, last - before < input else {
        throw .attributeValue("padding", .int(before))
      }
    }
  }

  /// Output positions, over the whole batch.
  var outputCount: Int { batch * output.height * output.width }

  /// Taps of one window.
  var tapCount: Int { kernel.height * kernel.width }

  /// Whether every output pixel reads the input pixel at its own place and no other.
  var isPointwise: Bool { tapCount == 1 && stride == .one && padding == .none }

  /// Whether int8 weights are packed by runs: a pixel fills no group of 4, but neighbours do.
  var hasRunsOfFewChannels: Bool { channels < 4 && dilation == .one }

  /// Whether the output fits on the input, row on row: what a depthwise kernel in place asks for.
  var fitsOnInput: Bool { output.height <= input.height && output.width <= input.width }

  func outputShape(channels: Int) throws(OperatorError) -> Shape {
    try Shape(checked: [batch, output.height, output.width, channels])
  }

  /// The stored form, for a kernel.
  func stored(outputChannels: Int) -> uk_window {
    uk_window(
      batch: UInt32(batch), in_height: UInt32(input.height), in_width: UInt32(input.width),
      in_channels: UInt32(channels), out_height: UInt32(output.height),
      out_width: UInt32(output.width), out_channels: UInt32(outputChannels),
      kernel_height: UInt32(kernel.height), kernel_width: UInt32(kernel.width),
      stride_height: UInt32(stride.height), stride_width: UInt32(stride.width),
      dilation_height: UInt32(dilation.height), dilation_width: UInt32(dilation.width),
      pad_top: UInt32(padding.top), pad_left: UInt32(padding.left), reserved: 0)
  }

  /// Calls `body` for every tap inside the image of every output position, kernel row outer.
  ///
  /// - Parameters of `body`: output pixel over the whole batch, tap, input pixel over the batch.
  func forEachTap(_ body: (_ output: Int, _ tap: Int, _ input: Int) -> Void) {
    for position in 0..<outputCount {
      let image = position / (output.height * output.width)
      let top = position / output.width % output.height * stride.height - padding.top
      let left = position % output.width * stride.width - padding.left
      for tap in 0..<tapCount {
        let y = top + tap / kernel.width * dilation.height
        let x = left + tap % kernel.width * dilation.width
        guard 0..<input.height ~= y, 0..<input.width ~= x else { continue }
        body(position, tap, (image * input.height + y) * input.width + x)
      }
    }
  }
}
