// SPDX-License-Identifier: Apache-2.0
import Importers
import Testing

struct ProtobufReaderTests {
  @Test(
    arguments: [
      ([0x00], 0), ([0x7F], 127), ([0x80, 0x01], 128), ([0xAC, 0x02], 300),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], UInt64.max),
      // Longer than it need be, yet valid.
      ([0x81, 0x80, 0x00], 1),
    ] as [([UInt8], UInt64)])
  func readsVarint(bytes: [UInt8], value: UInt64) throws {
    var reader = reader(bytes)
    #expect(try reader.varint() == value)
    #expect(reader.isAtEnd)
  }

  @Test(arguments: [
    // An eleventh byte, or bits beyond 64 in the tenth.
    [UInt8](repeating: 0x80, count: 10) + [0x00],
    [UInt8](repeating: 0xFF, count: 9) + [0x02],
  ])
  func refusesLongVarint(bytes: [UInt8]) {
    var reader = reader(bytes)
    #expect(throws: ImportError.malformed(.varintTooLong, byteOffset: 0)) {
      try reader.varint()
    }
  }

  @Test func refusesVarintThatEndsEarly() {
    var reader = reader([0x80, 0x80])
    #expect(
      throws: ImportError.malformed(.truncated(needed: 1, available: 0), byteOffset: 2)
    ) { try reader.varint() }
  }

  @Test func readsEveryWireType() throws {
    var reader = reader([
      0x08, 0x05, 0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0x1A, 0x01, 0x41, 0x25, 0, 0, 0x80, 0x3F,
    ])
    #expect(try reader.next()?.int() == 5)
    #expect(try reader.next()?.fixedWidthBytes(elementByteCount: 8).byteCount == 8)
    #expect(try reader.next()?.string() == "A")
    #expect(try reader.next()?.float() == 1)
    #expect(try reader.next() == nil)
  }

  @Test func skipsGroups() throws {
    // Group 4 holds a number and group 5; then field 1.
    var reader = reader([0x23, 0x08, 0x01, 0x2B, 0x2C, 0x24, 0x08, 0x07])
    let field = try #require(try reader.next())
    #expect(field.number == 1)
    #expect(field.byteOffset == 6)
    #expect(try field.int() == 7)
  }

  @Test func repeatedIntsArePackedOrNot() throws {
    var values: [Int] = []
    var reader = reader([0x0A, 0x03, 0x01, 0xAC, 0x02, 0x08, 0x09])
    while let field = try reader.next() { try field.forEachInt { values.append($0) } }
    #expect(values == [1, 300, 9])
  }

  @Test func nestedWindowsAreBoundedByTheirMessage() throws {
    // Field 1 holds 2 bytes; inside it a length of 3 reaches past them, though not past the file.
    var outer = reader([0x0A, 0x02, 0x0A, 0x03, 0x41, 0x41, 0x41])
    var inner = ProtobufReader(try #require(try outer.next()).window())
    #expect(
      throws: ImportError.malformed(.truncated(needed: 3, available: 0), byteOffset: 4)
    ) { try inner.next() }
  }

  private func reader(_ bytes: [UInt8]) -> ProtobufReader {
    ProtobufReader(ByteWindow(file: bytes, range: bytes.indices))
  }
}
