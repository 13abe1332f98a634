// SPDX-License-Identifier: Apache-2.0
import Importers
import Testing

struct FlatBufferTests {
  /// A root table at byte 12 whose vtable at byte 4 has two fields: a number, a string.
  static let file: [UInt8] =
    [12, 0, 0, 0]  // root
    + [8, 0, 12, 0, 4, 0, 8, 0]  // vtable: its size, the table's, the two fields' places
    + [8, 0, 0, 0, 42, 0, 0, 0, 4, 0, 0, 0]  // table: back to the vtable, 42, on to the string
    + [2, 0, 0, 0, 0x68, 0x69, 0]  // "hi"

  @Test func readsFields() throws {
    let root = try FlatBuffer(Self.file).root()
    #expect(try root.int(0, as: Int32.self) == 42)
    #expect(try root.string(1) == "hi")
  }

  @Test func absentFieldsHaveDefaults() throws {
    let root = try FlatBuffer(Self.file).root()
    #expect(try root.int(7, as: Int32.self, default: -1) == -1)
    #expect(try root.table(7) == nil)
    #expect(try root.ints(7, as: Int32.self).isEmpty)
  }

  @Test func fieldMustFitItsTable() throws {
    let root = try FlatBuffer(Self.file).root()
    // The string's offset is the table's last 4 bytes; 8 do not fit.
    #expect(throws: ImportError.malformed(.invalidVTable, byteOffset: 10)) {
      try root.int(1, as: Int64.self)
    }
  }

  @Test func vectorMustFitTheFile() throws {
    var file = Self.file
    file[24] = 200
    let root = try FlatBuffer(file).root()
    #expect(
      throws: ImportError.malformed(.truncated(needed: 200, available: 3), byteOffset: 28)
    ) { try root.string(1) }
  }

  @Test func readingTheSameBytesOverAndOverEnds() throws {
    let buffer = FlatBuffer(Self.file)
    var reads = 0
    #expect(throws: ImportError.malformed(.workLimit, byteOffset: 28)) {
      let root = try buffer.root()
      while true {
        _ = try root.string(1)
        reads += 1
      }
    }
    // 64 KiB and a little, 2 bytes at a time.
    #expect(reads < 40_000)
  }
}
