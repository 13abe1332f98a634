// SPDX-License-Identifier: Apache-2.0
import Graph

/// One axis of a sliding window: the only home of padding arithmetic.
package struct WindowAxis {
  package var kernel: Int
  package var stride: Int
  package var dilation: Int
  package var before: Int
  package var after: Int

  package init(
    kernel: Int, stride: Int, dilation: Int = 1, before: Int = 0, after: Int = 0
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.before = before
    self.after = after
  }

  /// The extent that one window spans, gaps of the dilation included.
  var span: Int { dilation * (kernel - 1) + 1 }

  /// How many windows fit.
  ///
  /// - Throws: `OperatorError.attributeValue` for an attribute out of range, `.emptyOutput` when
  ///   not one window fits.
  package func outputExtent(of input: Int) throws(OperatorError) -> Int {
    try check()
    let room = input + before + after - span
    guard input > 0, room >= 0 else { throw .emptyOutput }
    return room / stride + 1
  }

  /// Holds every field to 31 bits, so that no product or sum here leaves 64.
  private func check() throws(OperatorError) {
    for (name, value, least) in [
      ("kernel", kernel, 1), ("stride", stride, 1), ("dilation", dilation, 1),
      ("padding", before, 0), ("padding", after, 0),
    ] {
      guard least...Int(Int32.max) ~= value else { throw .attributeValue(name, .int(value)) }
    }
  }

  /// Padding that makes the output extent ⌈input / stride⌉; an odd cell goes behind, or in front
  /// when `isLower`.
  ///
  /// Source: TFLite `SAME`; ONNX `auto_pad` `SAME_UPPER` and `SAME_LOWER`.
  package mutating func padSame(input: Int, isLower: Bool = false) throws(OperatorError) {
    try check()
    let output = (input + stride - 1) / stride
    let total = max((output - 1) * stride + span - input, 0)
    before = isLower ? total - total / 2 : total / 2
    after = total - before
  }

  /// Adds padding behind until the last partial window counts, as ONNX `ceil_mode` asks.
  ///
  /// A window that would start behind the image and its front padding is left out.
  package mutating func padToCeiling(input: Int) throws(OperatorError) {
    try check()
    let room = input + before + after - span
    guard room > 0, room % stride != 0 else { return }
    let start = (room / stride + 1) * stride
    guard start < input + before else { return }
    after += stride - room % stride
  }
}
