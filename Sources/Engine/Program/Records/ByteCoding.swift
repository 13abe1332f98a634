// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
  /// The little-endian number at a byte offset.
  ///
  /// - Precondition: the number lies inside the span.
  func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type, at offset: Int) -> T {
    var value: T = 0
    var index = offset + MemoryLayout<T>.size
    while index > offset {
      index -= 1
      value = T(truncatingIfNeeded: UInt64(value) << 8) | T(truncatingIfNeeded: self[index])
    }
    return value
  }

  func uint16(at offset: Int) -> UInt16 { number(UInt16.self, at: offset) }
  func uint32(at offset: Int) -> UInt32 { number(UInt32.self, at: offset) }
  func uint64(at offset: Int) -> UInt64 { number(UInt64.self, at: offset) }

  /// Whether all bytes of a range are 0, as reserved bytes must be.
  func isZero(_ range: Range<Int>) -> Bool {
    for index in range where self[index] != 0 { return false }
    return true
  }
}

extension [UInt8] {
  /// Appends a number's bytes, least significant first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    for byte in 0..<value.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
    }
  }

  /// Appends reserved bytes.
  mutating func append(zeros count: Int) {
    for _ in 0..<count { append(0) }
  }
}
