// SPDX-License-Identifier: Apache-2.0

/// One field of a Protocol Buffers message, not yet understood.
package struct ProtobufField {
  package enum Payload {
    case varint(UInt64)
    /// 8 bytes.
    case fixed64(ByteWindow)
    /// 4 bytes.
    case fixed32(ByteWindow)
    case bytes(ByteWindow)
  }

  package let number: Int

  /// Where the field's tag stands in the file.
  package let byteOffset: Int
  package let payload: Payload

  /// A string, a bytes field, a nested message or a packed array.
  package func window() throws(ImportError) -> ByteWindow {
    guard case .bytes(let window) = payload else { throw unexpectedWireType }
    return window
  }

  package func string() throws(ImportError) -> String { try window().string() }

  /// An `int64`, `int32` or enumeration.
  package func int() throws(ImportError) -> Int {
    guard case .varint(let value) = payload else { throw unexpectedWireType }
    return Int(truncatingIfNeeded: value)
  }

  package func float() throws(ImportError) -> Float {
    guard case .fixed32(let window) = payload else { throw unexpectedWireType }
    return Float(bitPattern: UInt32(littleEndian: window.file, at: window.byteOffset))
  }

  /// The integers of a repeated field, packed or one at a time.
  package func forEachInt(_ body: (Int) -> Void) throws(ImportError) {
    guard case .bytes(let window) = payload else {
      body(try int())
      return
    }
    var reader = ProtobufReader(window)
    while !reader.isAtEnd { body(Int(truncatingIfNeeded: try reader.varint())) }
  }

  /// The bytes of a repeated `float` or `double`, packed or one at a time; already little-endian.
  package func fixedWidthBytes(elementByteCount: Int) throws(ImportError) -> ByteWindow {
    switch payload {
    case .fixed32(let window) where elementByteCount == 4: return window
    case .fixed64(let window) where elementByteCount == 8: return window
    case .bytes(let window) where window.byteCount % elementByteCount == 0: return window
    default: throw unexpectedWireType
    }
  }

  private var unexpectedWireType: ImportError {
    .malformed(.unexpectedWireType(field: number), byteOffset: byteOffset)
  }
}

extension FixedWidthInteger {
  /// The little-endian integer at a byte offset.
  ///
  /// - Precondition: all its bytes are inside the array.
  package init(littleEndian bytes: [UInt8], at offset: Int) {
    var value: Self = 0
    for index in (0..<Self.bitWidth / 8).reversed() {
      value = value << 8 | Self(truncatingIfNeeded: bytes[offset + index])
    }
    self = value
  }
}
