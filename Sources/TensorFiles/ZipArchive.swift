// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The table of contents of a zip archive, every offset checked.
///
/// Sizes come from the central directory: NumPy leaves them open in the local headers. Multi-part,
/// encrypted and 64-bit archives are refused. Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
struct ZipArchive {
  struct Member {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let packedBytes: Int
    let unpackedBytes: Int
    /// Where the local header starts.
    let headerOffset: Int
  }

  /// Compression methods of the format.
  static let stored: UInt16 = 0
  static let deflate: UInt16 = 8

  static let localSignature: UInt32 = 0x0403_4B50
  static let centralSignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50

  /// Fixed parts of the records, in bytes.
  static let localHeaderBytes = 30
  static let centralHeaderBytes = 46
  static let endBytes = 22

  /// Deflate packs at most 1032 bytes into one: a size above that is a lie.
  ///
  /// Source: zlib technical details, https://zlib.net/zlib_tech.html, "maximum compression factor".
  private static let largestRatio = 1032

  private let reader: ByteReader
  let members: [Member]

  init(_ bytes: [UInt8]) throws(TensorFileError) {
    let reader = ByteReader(bytes: bytes, format: .npz)
    let end = try ZipArchive.findEnd(reader)
    let count = Int(try reader.uint16(at: end + 10))
    let directoryOffset = try reader.uint32(at: end + 16)
    guard count < UInt16.max, directoryOffset < .max else {
      throw .zip64Unsupported(offset: end)
    }
    var offset = Int(directoryOffset)
    var members: [Member] = []
    var names: Set<String> = []
    var usedBytes = 0
    for _ in 0..<count {
      let (member, next) = try ZipArchive.member(reader, at: offset)
      guard names.insert(member.name).inserted else {
        throw .zipDuplicateMember(member.name, offset: offset)
      }
      // Members that share bytes would let a small file unpack to any size.
      usedBytes += member.packedBytes
      guard usedBytes <= bytes.count else { throw .zipDirectory(offset: offset) }
      members.append(member)
      offset = next
    }
    self.reader = reader
    self.members = members
  }

  /// The end record: the last one whose comment reaches exactly to the end of the file.
  private static func findEnd(_ reader: ByteReader) throws(TensorFileError) -> Int {
    let last = reader.bytes.count - endBytes
    guard last >= 0 else {
      throw .truncated(.npz, offset: 0, needed: endBytes, available: reader.bytes.count)
    }
    var offset = last
    while offset >= max(last - Int(UInt16.max), 0) {
      if try reader.uint32(at: offset) == endSignature,
        Int(try reader.uint16(at: offset + 20)) == last - offset
      {
        return offset
      }
      offset -= 1
    }
    throw .zipDirectory(offset: last)
  }

  private static func member(
    _ reader: ByteReader, at offset: Int
  ) throws(TensorFileError) -> (Member, next: Int) {
    guard try reader.uint32(at: offset) == centralSignature else {
      throw .zipDirectory(offset: offset)
    }
    let nameBytes = Int(try reader.uint16(at: offset + 28))
    let extraBytes = Int(try reader.uint16(at: offset + 30))
    let commentBytes = Int(try reader.uint16(at: offset + 32))
    let sizes = [20, 24, 42]
    var values: [Int] = []
    for field in sizes {
      let value = try reader.uint32(at: offset + field)
      guard value < .max else { throw .zip64Unsupported(offset: offset + field) }
      values.append(Int(value))
    }
    let nameStart = offset + centralHeaderBytes
    let name = String(decoding: try reader.slice(at: nameStart, count: nameBytes), as: UTF8.self)
    guard try reader.uint16(at: offset + 8) & 1 == 0 else {
      throw .zipEncrypted(member: name, offset: offset)
    }
    let method = try reader.uint16(at: offset + 10)
    guard method == stored || method == deflate else {
      throw .zipMethodUnsupported(member: name, method: method, offset: offset)
    }
    let isPossible =
      method == stored ? values[0] == values[1] : values[1] <= (values[0] + 1) * largestRatio
    guard isPossible else { throw .zipMemberCorrupt(member: name, offset: offset) }
    let member = Member(
      name: name, method: method, checksum: try reader.uint32(at: offset + 16),
      packedBytes: values[0], unpackedBytes: values[1], headerOffset: values[2])
    return (member, nameStart + nameBytes + extraBytes + commentBytes)
  }

  /// The unpacked bytes of a member, with their length and checksum verified.
  func contents(of member: Member) throws(TensorFileError) -> [UInt8] {
    let header = member.headerOffset
    guard try reader.uint32(at: header) == ZipArchive.localSignature else {
      throw .zipDirectory(offset: header)
    }
    let nameBytes = Int(try reader.uint16(at: header + 26))
    let extraBytes = Int(try reader.uint16(at: header + 28))
    let start = header + ZipArchive.localHeaderBytes + nameBytes + extraBytes
    let packed = Array(try reader.slice(at: start, count: member.packedBytes))
    var contents = packed
    if member.method == ZipArchive.deflate {
      guard let unpacked = inflateRaw(packed, byteCount: member.unpackedBytes) else {
        throw .zipMemberCorrupt(member: member.name, offset: start)
      }
      contents = unpacked
    }
    guard zipChecksum(contents) == member.checksum else {
      throw .zipChecksum(member: member.name, offset: start)
    }
    return contents
  }
}
