// SPDX-License-Identifier: Apache-2.0

/// One entry of the section table, right behind the header: 24 bytes.
package struct SectionRecord: Equatable, Sendable {
  package static let byteCount = 24

  /// A `ProgramFormat.Section`.
  package var kind: UInt32
  /// From the start of the file; a multiple of 64.
  package var offset: UInt64
  package var bytes: UInt64

  package init(kind: UInt32, offset: UInt64, bytes: UInt64) {
    self.kind = kind
    self.offset = offset
    self.bytes = bytes
  }

  package func append(to output: inout [UInt8]) {
    output.append(littleEndian: kind)
    output.append(zeros: 4)
    output.append(littleEndian: offset)
    output.append(littleEndian: bytes)
  }

  /// Reads an entry, or `nil` when the bytes are too few or a reserved byte is not 0.
  package init?(decoding input: Span<UInt8>) {
    guard input.count >= Self.byteCount, input.isZero(4..<8) else { return nil }
    kind = input.uint32(at: 0)
    offset = input.uint64(at: 8)
    bytes = input.uint64(at: 16)
  }
}
