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
  var isValid: Bool {
    rows > 0 && columns > 0 && a_column <= 1 && b_column <= 1 && reserved.0 == 0 && reserved.1 == 0
  }

  /// Operands `a`, `b` and the output.
  func operands(_ dtype: DType) -> [OperandRequirement?] {
    [
      operand(dtype, row: a_row, column: a_column), operand(dtype, row: b_row, column: b_column),
      OperandRequirement(dtype, count: Count(rows) * Count(columns)),
    ]
  }

  private func operand(_ dtype: DType, row: UInt32, column: UInt32) -> OperandRequirement? {
    let last = Count.reach(rows, pitch: row) + .reach(columns, pitch: column)
    let isWhole = (row == columns || rows == 1) && (column == 1 || columns == 1)
    return OperandRequirement(dtype, count: last + 1, isOverwritable: isWhole)
  }
}
