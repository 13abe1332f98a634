// SPDX-License-Identifier: Apache-2.0
import Importers
import TestSupport
import Testing

struct FlexBufferTests {
  /// `{"count": -3, "threshold": 0.5, "wide": 70000, "on": true, "name": "box", "list": [1, 2]}` as
  /// the `flatbuffers` package writes it.
  static let file: [UInt8] = [
    99, 111, 117, 110, 116, 0, 116, 104, 114, 101, 115, 104, 111, 108, 100, 0, 119, 105, 100, 101,
    0, 111, 110, 0, 110, 97, 109, 101, 0, 3, 98, 111, 120, 0, 108, 105, 115, 116, 0, 2,
    1, 2, 4, 4, 6, 45, 12, 23, 27, 43, 34, 0, 7, 0, 0, 0, 1, 0, 0, 0,
    6, 0, 0, 0, 253, 255, 255, 255, 28, 0, 0, 0, 42, 0, 0, 0, 1, 0, 0, 0,
    0, 0, 0, 63, 112, 17, 1, 0, 6, 40, 20, 106, 14, 6, 30, 38, 1,
  ]

  private func map(_ bytes: [UInt8]) throws(ImportError) -> [String: FlexBuffer.Scalar] {
    try FlexBuffer(ByteWindow(file: bytes, range: 0..<bytes.count)).map()
  }

  @Test func readsScalars() throws {
    #expect(
      try map(Self.file) == [
        "count": .int(-3), "threshold": .float(0.5), "wide": .int(70000), "on": .bool(true),
        "name": .string("box"),
      ])
  }

  /// A value is found from the end of its window, and offsets stay inside it.
  @Test func staysInItsWindow() throws {
    let file = [0xFF, 0xFF] + Self.file + [0xFF]
    let window = ByteWindow(file: file, range: 2..<file.count - 1)
    #expect(try FlexBuffer(window).map() == map(Self.file))
    for end in 0..<Self.file.count {
      #expect(throws: ImportError.self) { try map(Array(Self.file[..<end])) }
    }
  }

  @Test func refusesWhatIsNoMap() {
    // A vector, and a number, by the type in the byte before the last.
    for type: UInt8 in [10, 1] {
      var file = Self.file
      file[file.count - 2] = type << 2 | file[file.count - 2] & 3
      #expect(
        throws: ImportError.malformed(.unexpectedFlexBuffer(type: Int(type)), byteOffset: 0)
      ) { try map(file) }
    }
  }

  @Test func refusesAMapOfMoreThanOptions() {
    // The size stands in front of the values.
    var file = Self.file
    file[60] = 6
    #expect(throws: Never.self) { try map(file) }
    file[61] = 1
    #expect(throws: ImportError.malformed(.workLimit, byteOffset: 0)) { try map(file) }
  }

  /// Any byte changed to anything: an error or a map, never a trap.
  @Test func survivesEveryByte() {
    var random = SeededGenerator(seed: 3)
    for position in Self.file.indices {
      for _ in 0..<64 {
        var file = Self.file
        file[position] = UInt8.random(in: 0...255, using: &random)
        file[Int.random(in: 0..<file.count, using: &random)] ^= UInt8(1 << (position % 8))
        _ = try? map(file)
      }
    }
  }
}
