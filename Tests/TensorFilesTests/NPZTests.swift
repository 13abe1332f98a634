// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles
import Testing

@Suite("npz archives")
struct NPZTests {
  static let expected = [
    NamedTensor("first", TensorData([2, 3], float32: [0, 1, 2, 3, 4, 5])),
    NamedTensor("second", TensorData([4], int64: [0, 1, 2, 3])),
  ]

  @Test("reads what NumPy saves", arguments: ["npz_stored", "npz_deflated"])
  func readsNumPy(name: String) throws {
    #expect(try readNPZ(#require(fixtures[name])) == NPZTests.expected)
  }

  @Test("reads back what it writes", arguments: [false, true])
  func roundTrips(isCompressed: Bool) throws {
    let large = TensorData([500_000], int32: (0..<500_000).map { Int32($0 * $0 & 0xFFFF) })
    let tensors = NPZTests.expected + [NamedTensor("größer", large), NamedTensor("", large)]
    let file = try writeNPZ(tensors, isCompressed: isCompressed)
    #expect(try readNPZ(file) == tensors)
    #expect((file.count < 2 * large.bytes.count) == isCompressed)
    #expect(try writeNPZ(tensors, isCompressed: isCompressed) == file)
    #expect(try readNPZ(writeNPZ([])).isEmpty)
  }

  @Test("every truncation is an error", arguments: ["npz_stored", "npz_deflated"])
  func truncated(name: String) throws {
    let file = try #require(fixtures[name])
    for count in file.indices {
      #expect(throws: TensorFileError.self) { try readNPZ(Array(file.prefix(count))) }
    }
  }

  @Test(
    "any flipped bit is an error or leaves the arrays right",
    arguments: ["npz_stored", "npz_deflated"])
  func damaged(name: String) throws {
    let file = try #require(fixtures[name])
    let right = NPZTests.expected.map(\.tensor)
    for index in file.indices {
      for bit in 0..<8 {
        var damaged = file
        damaged[index] ^= 1 << bit
        // Names, dates and unread flags have no checksum; the contents have.
        if let tensors = try? readNPZ(damaged) {
          #expect(tensors.allSatisfy { right.contains($0.tensor) })
        }
      }
    }
  }

  /// A file of one stored scalar, and where the central header of its member starts.
  private func scalarArchive() throws -> (file: [UInt8], central: Int) {
    let file = try writeNPZ([NamedTensor("x", TensorData([], int32: [1]))])
    let signature: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
    let central = file.indices.first { file[$0...].starts(with: signature) }
    return (file, try #require(central))
  }

  private func archive(with bytes: [UInt8], at field: Int) throws -> (file: [UInt8], central: Int) {
    var (file, central) = try scalarArchive()
    file.replaceSubrange(central + field..<central + field + bytes.count, with: bytes)
    return (file, central)
  }

  @Test func hostileDirectories() throws {
    let encrypted = try archive(with: [1], at: 8)
    #expect(throws: TensorFileError.zipEncrypted(member: "x.npy", offset: encrypted.central)) {
      try readNPZ(encrypted.file)
    }
    let packed = try archive(with: [12], at: 10)
    #expect(
      throws: TensorFileError.zipMethodUnsupported(
        member: "x.npy", method: 12, offset: packed.central)
    ) { try readNPZ(packed.file) }
    let sum = try archive(with: [0, 0, 0, 0], at: 16)
    #expect(throws: TensorFileError.zipChecksum(member: "x.npy", offset: 35)) {
      try readNPZ(sum.file)
    }
    let zip64 = try archive(with: [255, 255, 255, 255], at: 20)
    #expect(throws: TensorFileError.zip64Unsupported(offset: zip64.central + 20)) {
      try readNPZ(zip64.file)
    }
    // A deflated member that claims 2 GiB is refused without allocating them.
    var bomb = try archive(with: [0, 0, 0, 0x7F], at: 24)
    bomb.file[bomb.central + 10] = 8
    #expect(throws: TensorFileError.zipMemberCorrupt(member: "x.npy", offset: bomb.central)) {
      try readNPZ(bomb.file)
    }
  }

  @Test func membersThatShareBytesAreRefused() throws {
    // The directory names the one stored member a hundred times under different names.
    let (file, central) = try scalarArchive()
    let record = Array(file[central..<file.count - 22])
    var copies: [UInt8] = []
    for index in 0..<100 {
      var copy = record
      copy[46] = UInt8(index)
      copies += copy
    }
    var end = Array(file.suffix(22))
    end.replaceSubrange(8..<12, with: [100, 0, 100, 0])
    #expect(throws: TensorFileError.self) {
      try readNPZ(Array(file.prefix(central)) + copies + end)
    }
  }

  @Test func duplicateNamesAreRefused() {
    let twice = [NPZTests.expected[0], NPZTests.expected[0]]
    #expect(throws: TensorFileError.self) { try writeNPZ(twice) }
  }

  @Test func errorsNameTheArray() throws {
    // The signature of the array inside is damaged and the checksum made right again.
    let (file, central) = try scalarArchive()
    let start = 35
    var damaged = file
    damaged[start] = 0
    let sum = crc32(damaged[start..<central])
    damaged.replaceSubrange(
      central + 16..<central + 20, with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
    #expect(throws: TensorFileError.member("x", .signature(.npy))) { try readNPZ(damaged) }
  }

  /// The checksum by its definition, bit by bit.
  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
      }
    }
  }
}
