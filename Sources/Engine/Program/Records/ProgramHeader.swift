// SPDX-License-Identifier: Apache-2.0

/// The fixed head of a program file: 80 bytes.
package struct ProgramHeader: Equatable, Sendable {
  package static let byteCount = 80

  /// The byte offset of the checksum, which is computed with these eight bytes zero.
  package static let checksumOffset = 24

  package var majorVersion = ProgramFormat.majorVersion
  package var minorVersion = ProgramFormat.minorVersion
  package var sectionCount: UInt32 = 0
  package var fileBytes: UInt64 = 0
  /// XXH64, seed 0, of the whole file with this field zero.
  package var checksum: UInt64 = 0
  /// `FloatClass` of the float32 contracts: 1 fma, 2 muladd.
  package var floatClass: UInt32 = 0
  package var arenaBytes: UInt64 = 0
  package var stateBytes: UInt64 = 0
  /// Scratch that each thread of a run needs.
  package var scratchBytesPerThread: UInt64 = 0

  package init() {}

  package func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: ProgramFormat.magic)
    bytes.append(littleEndian: majorVersion)
    bytes.append(littleEndian: minorVersion)
    bytes.append(littleEndian: sectionCount)
    bytes.append(littleEndian: fileBytes)
    bytes.append(littleEndian: checksum)
    bytes.append(littleEndian: floatClass)
    bytes.append(zeros: 4)
    bytes.append(littleEndian: arenaBytes)
    bytes.append(littleEndian: stateBytes)
    bytes.append(littleEndian: scratchBytesPerThread)
    bytes.append(zeros: 16)
  }

  /// Reads a header, or `nil` when the bytes are too few, the magic is another or a reserved byte
  /// is not 0.
  package init?(decoding bytes: Span<UInt8>) {
    guard bytes.count >= Self.byteCount, bytes.uint64(at: 0) == ProgramFormat.magic,
      bytes.isZero(36..<40), bytes.isZero(64..<80)
    else { return nil }
    majorVersion = bytes.uint16(at: 8)
    minorVersion = bytes.uint16(at: 10)
    sectionCount = bytes.uint32(at: 12)
    fileBytes = bytes.uint64(at: 16)
    checksum = bytes.uint64(at: Self.checksumOffset)
    floatClass = bytes.uint32(at: 32)
    arenaBytes = bytes.uint64(at: 40)
    stateBytes = bytes.uint64(at: 48)
    scratchBytesPerThread = bytes.uint64(at: 56)
  }
}
