// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The columns of one panel of packed weights; bias and scale are padded to it too.
let panelColumns: UInt64 = 16

/// The int8 values along k that are packed together.
let int8GroupDepth: UInt64 = 4

/// A contract's parameter block, or `nil` when the byte count is not exactly its size.
func decode<T: BitwiseCopyable>(_ bytes: [UInt8], as type: T.Type) -> T? {
  bytes.count == MemoryLayout<T>.size ? littleEndianArray(bytes, as: type)[0] : nil
}

/// The scratch that a contract asks for valid parameters.
func scratch<T: BitwiseCopyable>(
  _ parameters: T, _ ask: (UnsafePointer<T>) -> UInt64
) -> Count {
  // SAFETY: the functions of uk_scratch.h read the one struct they are given.
  unsafe withUnsafePointer(to: parameters) { unsafe Count(ask($0)) }
}

/// Whether a clamp may be given to a kernel: ordered, no NaN, and no −0, which the minimum
/// instructions of different CPUs treat differently.
func isClamp(_ low: Float, _ high: Float) -> Bool {
  let negativeZero: UInt32 = 0x8000_0000
  return low <= high && low.bitPattern != negativeZero && high.bitPattern != negativeZero
}

func isPositive(_ scale: Float) -> Bool { scale > 0 && scale.isFinite }

func isInt8(_ value: Int32) -> Bool { Int8(exactly: value) != nil }

extension uk_requantize {
  var isValid: Bool {
    isInt8(zero_point) && isInt8(min) && isInt8(max) && min <= max && reserved == 0
  }
}

extension uk_window {
  /// Whether extents are positive and every tap position, inside the image or not, fits 32 bits.
  var isValid: Bool {
    for extent in [
      batch, in_height, in_width, in_channels, out_height, out_width, out_channels,
      kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width,
    ] where extent == 0 { return false }
    let lastRow =
      Count.reach(out_height, pitch: stride_height)
      + .reach(kernel_height, pitch: dilation_height)
    let lastColumn =
      Count.reach(out_width, pitch: stride_width) + .reach(kernel_width, pitch: dilation_width)
    return reserved == 0 && lastRow.checked != nil && lastColumn.checked != nil
      && Count(pad_top).checked != nil && Count(pad_left).checked != nil
  }

  /// The taps of one window.
  var taps: Count { Count(kernel_height) * Count(kernel_width) }

  /// The input image, found by row.
  func input(_ dtype: DType) -> OperandRequirement? {
    OperandRequirement(
      dtype, rowCount: Count(batch) * Count(in_height),
      rowElements: Count(in_width) * Count(in_channels))
  }

  /// The output image, found by row.
  func output(_ dtype: DType) -> OperandRequirement? {
    OperandRequirement(
      dtype, rowCount: outputRows, rowElements: Count(out_width) * Count(out_channels))
  }

  var outputRows: Count { Count(batch) * Count(out_height) }
}

extension uk_broadcast {
  var isValid: Bool { isBroadcast(extents, a) && isBroadcast(extents, b) }

  /// The rows that threads share.
  var rows: Count { broadcastRows(extents) }

  /// Operands `a`, `b` and the output, of one dtype or of another for the output.
  func operands(_ dtype: DType, output: DType? = nil) -> [OperandRequirement?] {
    [
      broadcastOperand(.exactly(dtype), UInt64(dtype.byteCount), extents, a),
      broadcastOperand(.exactly(dtype), UInt64(dtype.byteCount), extents, b),
      OperandRequirement(output ?? dtype, count: rows * Count(extents.3)),
    ]
  }
}

/// Four extents or strides, outermost first.
typealias Four = (UInt32, UInt32, UInt32, UInt32)

/// Whether an operand of these strides can be spread over the extents.
func isBroadcast(_ extents: Four, _ strides: Four) -> Bool {
  extents.0 > 0 && extents.1 > 0 && extents.2 > 0 && extents.3 > 0 && strides.3 <= 1
}

/// The rows of an elementwise step: all axes but the last.
func broadcastRows(_ extents: Four) -> Count {
  Count(extents.0) * Count(extents.1) * Count(extents.2)
}

/// An operand that is spread over the extents; overwritable when it has the output's own layout.
///
/// - Precondition: `isBroadcast(extents, strides)`.
func broadcastOperand(
  _ elements: OperandRequirement.Elements, _ elementBytes: UInt64, _ extents: Four,
  _ strides: Four
) -> OperandRequirement? {
  var last: Count = 0
  var contiguous: Count = 1
  var isWhole = true
  for (extent, stride) in [
    (extents.3, strides.3), (extents.2, strides.2), (extents.1, strides.1),
    (extents.0, strides.0),
  ] {
    last = last + .reach(extent, pitch: stride)
    isWhole = isWhole && (extent == 1 || Count(stride).value == contiguous.value)
    contiguous = contiguous * Count(extent)
  }
  return OperandRequirement(
    elements, bytes: (last + 1) * Count(elementBytes), isOverwritable: isWhole)
}
