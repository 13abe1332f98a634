// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// What a step asks of one operand.
package struct OperandRequirement: Equatable, Sendable {
  /// Which dtypes the operand may have.
  package enum Elements: Equatable, Sendable {
    case exactly(DType)
    /// The dtype of operand 0, of this size when given.
    case sameAsFirst(byteCount: Int?)
    /// Bytes with a layout of their own; any dtype.
    case untyped
  }

  /// What must hold of the bytes themselves before a kernel may read them.
  package enum Contents: Equatable, Sendable {
    case any
    /// 32-bit indices, each below `limit`.
    case indices(limit: UInt32)
    /// `uk_resize_tap` entries whose indices are below `limit`.
    case taps(limit: UInt32)
  }

  /// The bytes that the kernel may touch, from the operand's start; at most 2³¹ − 1.
  package let bytes: Int

  /// The bytes from one row to the next; 0 where rows are not addressed.
  package let rowBytes: Int

  /// The rows of the whole tensor; 0 where rows are not addressed.
  package let rowCount: Int

  package let elements: Elements

  /// Operands with a rule here must be constants, so that it can be checked when a program loads.
  package let contents: Contents

  /// Whether the output may start at this operand's first byte: each element is read before, or as,
  /// it is written.
  package let isOverwritable: Bool

  /// The same, never the output's bytes.
  var notOverwritable: OperandRequirement? {
    OperandRequirement(elements, bytes: Count(bytes), contents: contents)
  }

  /// Whole rows of `columns` elements, found by row number.
  init?(_ dtype: DType, rowCount: Count, rowElements: Count, isOverwritable: Bool = false) {
    self.init(
      .exactly(dtype), rowCount: rowCount, rowBytes: rowElements * Count(dtype.byteCount),
      isOverwritable: isOverwritable)
  }

  init?(_ elements: Elements, rowCount: Count, rowBytes: Count, isOverwritable: Bool = false) {
    guard let bytes = (rowCount * rowBytes).checked, let rowCount = rowCount.checked,
      let rowBytes = rowBytes.checked
    else { return nil }
    self.bytes = bytes
    self.rowBytes = rowBytes
    self.rowCount = rowCount
    self.elements = elements
    self.contents = .any
    self.isOverwritable = isOverwritable
  }

  private init(
    bytes: Int, rowBytes: Int, rowCount: Int, elements: Elements, contents: Contents,
    isOverwritable: Bool
  ) {
    self.bytes = bytes
    self.rowBytes = rowBytes
    self.rowCount = rowCount
    self.elements = elements
    self.contents = contents
    self.isOverwritable = isOverwritable
  }

  /// The same of an operand that the output may lie on.
  var overwritable: OperandRequirement {
    OperandRequirement(
      bytes: bytes, rowBytes: rowBytes, rowCount: rowCount, elements: elements, contents: contents,
      isOverwritable: true)
  }

  /// A contiguous run of elements.
  init?(_ dtype: DType, count: Count, isOverwritable: Bool = false) {
    self.init(
      .exactly(dtype), bytes: count * Count(dtype.byteCount), isOverwritable: isOverwritable)
  }

  init?(
    _ elements: Elements, bytes: Count, contents: Contents = .any, isOverwritable: Bool = false
  ) {
    guard let bytes = bytes.checked else { return nil }
    self.bytes = bytes
    self.rowBytes = 0
    self.rowCount = 0
    self.elements = elements
    self.contents = contents
    self.isOverwritable = isOverwritable
  }
}

/// What a step asks of its operands, worked out from its contract and parameters alone.
///
/// The compiler sizes tensors by it; the program verifier refuses a file whose tensors are smaller.
package struct StepRequirements: Equatable, Sendable {
  /// In the order of the contract's row in `ukernels.inc`; the last one is written.
  package let operands: [OperandRequirement]

  /// The extent of the range that threads share: rows, or a gemm's blocks of columns; never 0.
  package let rows: Int

  /// Scratch that one call needs, in bytes.
  package let scratchBytes: Int

  /// Whether the output must be on the first operand's bytes.
  package let isInPlace: Bool

  /// Requirements, or `nil` when a count is over its limit.
  init?(
    rows: Count, scratchBytes: Count = 0, isInPlace: Bool = false, _ operands: [OperandRequirement?]
  ) {
    guard let rows = rows.checked, let scratchBytes = scratchBytes.checked else { return nil }
    var known: [OperandRequirement] = []
    known.reserveCapacity(operands.count)
    for operand in operands {
      guard let operand else { return nil }
      known.append(operand)
    }
    self.operands = known
    self.rows = rows
    self.scratchBytes = scratchBytes
    self.isInPlace = isInPlace
  }

  /// The bytes that the kernel may touch at each operand, from its start.
  package var operandBytes: [Int] { operands.map { $0.bytes } }
}
