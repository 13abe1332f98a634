// SPDX-License-Identifier: Apache-2.0

/// Little-endian fields of a file, every one checked against its end.
struct ByteReader {
  let bytes: [UInt8]
  let format: TensorFileError.Format

  /// The bytes from `offset`, or an error that says how many are missing.
  func slice(at offset: Int, count: Int) throws(TensorFileError) -> ArraySlice<UInt8> {
    let available = max(bytes.count - offset, 0)
    guard offset >= 0, count >= 0, count <= available else {
      throw .truncated(format, offset: offset, needed: count, available: available)
    }
    return bytes[offset..<offset + count]
  }

  func uint8(at offset: Int) throws(TensorFileError) -> UInt8 {
    UInt8(try integer(at: offset, byteCount: 1))
  }

  func uint16(at offset: Int) throws(TensorFileError) -> UInt16 {
    UInt16(try integer(at: offset, byteCount: 2))
  }

  func uint32(at offset: Int) throws(TensorFileError) -> UInt32 {
    UInt32(try integer(at: offset, byteCount: 4))
  }

  private func integer(at offset: Int, byteCount: Int) throws(TensorFileError) -> UInt64 {
    try slice(at: offset, count: byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension Array<UInt8> {
  /// Appends the bytes of an integer, lowest first.
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
