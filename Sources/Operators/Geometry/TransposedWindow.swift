// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A window that every input pixel of an NHWC image writes to: transposed convolution, checked.
///
/// Input position i and tap k meet at output position `i·stride + k·dilation − before`.
struct TransposedWindow {
  let batch: Int
  let input: Extent2D
  let channels: Int
  let output: Extent2D
  let kernel: Extent2D
  let stride: Extent2D
  let dilation: Extent2D
  let before: Extent2D

  /// - Throws: `OperatorError` when an attribute is out of range.
  init(
    over image: TensorType, kernel: Extent2D, stride: Extent2D, dilation: Extent2D,
    before: Extent2D, output: Extent2D
  ) throws(OperatorError) {
    try image.check(rank: 4...4, input: 0)
    for (name, value, range) in [
      ("stride", stride, 1...Int(UK_TCONV_MAX_STRIDE)), ("dilation", dilation, 1...limit),
      ("kernel", kernel, 1...limit), ("padding", before, 0...limit), ("output", output, 1...limit),
    ] {
      for value in [value.height, value.width] where !range.contains(value) {
        throw .attributeValue(name, .int(value))
      }
    }
    for (reach, extent, step) in [
      ((kernel.height - 1) * dilation.height, output.height, stride.height),
      ((kernel.width - 1) * dilation.width, output.width, stride.width),
    ] {
      guard reach <= limit, reach + (extent - 1) * step <= limit else { throw .tooLarge }
    }
    batch = image.shape[0]
    input = Extent2D(image.shape[1], image.shape[2])
    channels = image.shape[3]
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.before = before
  }

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
      pad_top: UInt32(before.height), pad_left: UInt32(before.width), reserved: 0)
  }

  /// Calls `body` for every tap of every input position that meets an output position.
  ///
  /// - Parameters of `body`: output pixel over the whole batch, tap, input pixel over the batch.
  func forEachTap(_ body: (_ output: Int, _ tap: Int, _ input: Int) -> Void) {
    for pixel in 0..<batch * input.height * input.width {
      let image = pixel / (input.height * input.width)
      let top = pixel / input.width % input.height * stride.height - before.height
      let left = pixel % input.width * stride.width - before.width
      for tap in 0..<kernel.height * kernel.width {
        let y = top + tap / kernel.width * dilation.height
        let x = left + tap % kernel.width * dilation.width
        guard 0..<output.height ~= y, 0..<output.width ~= x else { continue }
        body((image * output.height + y) * output.width + x, tap, pixel)
      }
    }
  }

  // MARK: - Phases

  /// For each phase, in the order of the packed weights: the kernel tap under each tap of the
  /// convolution that the phase is; `nil` where that has none.
  ///
  /// - Throws: `OperatorError.tooLarge` when a stride asks for far more taps than there are.
  func phases() throws(OperatorError) -> [[Int?]] {
    let rows = try taps(
      output.height, kernel.height, stride.height, dilation.height, before.height)
    let columns = try taps(output.width, kernel.width, stride.width, dilation.width, before.width)
    let count = rows.joined().count * columns.joined().count
    guard count <= 64 * kernel.height * kernel.width else { throw .tooLarge }
    return rows.flatMap { row in
      columns.map { column in
        row.flatMap { y in
          column.map { x in y.flatMap { y in x.map { y * kernel.width + $0 } } }
        }
      }
    }
  }

  /// The kernel taps of every phase along one axis.
  private func taps(
    _ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ before: Int
  ) throws(OperatorError) -> [[Int?]] {
    try (0..<min(extent, stride)).mapChecked { (number) throws(OperatorError) in
      let phase = uk_tconv_phase_of(
        UInt32(number), UInt32(extent), UInt32(kernel), UInt32(stride), UInt32(dilation),
        UInt32(before))
      // Padding far beyond the kernel would make as many taps that are none.
      guard phase.taps <= 64 * kernel else { throw .tooLarge }
      return (0..<Int(phase.taps)).map { index in
        let distance = number + before - (Int(phase.first) + index) * stride
        guard distance >= 0, distance % dilation == 0 else { return nil }
        return distance / dilation < kernel ? distance / dilation : nil
      }
    }
  }
}

/// What fits 31 bits, so that no product of two leaves 64.
private let limit = Int(Int32.max)
