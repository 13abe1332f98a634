// SPDX-License-Identifier: Apache-2.0

/// The checksum of a program file: XXH64 with the checksum field of the header read as 0.
///
/// - Precondition: at least a header.
package func programChecksum(of file: [UInt8]) -> UInt64 { programChecksum(of: file.span) }

func programChecksum(of file: Span<UInt8>) -> UInt64 {
  // SAFETY: the raw bytes of bytes.
  unsafe xxh64(file.bytes, hiding: ProgramHeader.checksumOffset)
}

/// The XXH64 hash, seed 0, of bytes that are no program: checkpoints.
package func xxh64(of bytes: [UInt8]) -> UInt64 {
  // SAFETY: the raw bytes of bytes.
  unsafe xxh64(bytes.span.bytes)
}

/// The XXH64 hash of some bytes; the aligned 8-byte word at `hidden`, if any, is read as 0.
///
/// Not a defence against forgery: it finds broken files, the verifier deals with hostile ones.
///
/// Source: xxHash specification 0.1.1, "XXH64 algorithm description",
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
func xxh64(_ bytes: RawSpan, seed: UInt64 = 0, hiding hidden: Int? = nil) -> UInt64 {
  let count = bytes.byteCount
  var offset = 0
  var hash: UInt64
  if count >= 32 {
    var lanes = (
      seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1
    )
    // Files are checked whole before they run: this loop is most of loading. Its additions do not
    // look whether they overflow, nor each word whether it is the hidden one.
    while offset <= count &- 32 {
      if let hidden, hidden & ~31 == offset {
        absorb(&lanes) { word(bytes, at: offset &+ 8 &* $0, hiding: hidden) }
      } else {
        absorb(&lanes) { load(bytes, at: offset &+ 8 &* $0, UInt64.self) }
      }
      offset = offset &+ 32
    }
    hash = rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
    hash = merge(merge(merge(merge(hash, lanes.0), lanes.1), lanes.2), lanes.3)
  } else {
    hash = seed &+ prime5
  }
  hash &+= UInt64(count)
  while offset + 8 <= count {
    hash ^= round(0, word(bytes, at: offset, hiding: hidden))
    hash = rotate(hash, 27) &* prime1 &+ prime4
    offset += 8
  }
  if offset + 4 <= count {
    hash ^= UInt64(load(bytes, at: offset, UInt32.self)) &* prime1
    hash = rotate(hash, 23) &* prime2 &+ prime3
    offset += 4
  }
  while offset < count {
    hash ^= UInt64(load(bytes, at: offset, UInt8.self)) &* prime5
    hash = rotate(hash, 11) &* prime1
    offset += 1
  }
  hash = (hash ^ hash >> 33) &* prime2
  hash = (hash ^ hash >> 29) &* prime3
  return hash ^ hash >> 32
}

private let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
private let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
private let prime3: UInt64 = 0x1656_67B1_9E37_79F9
private let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
private let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

/// Takes the four words of a stripe into the lanes.
@inline(__always)
private func absorb(
  _ lanes: inout (UInt64, UInt64, UInt64, UInt64), _ word: (Int) -> UInt64
) {
  lanes.0 = round(lanes.0, word(0))
  lanes.1 = round(lanes.1, word(1))
  lanes.2 = round(lanes.2, word(2))
  lanes.3 = round(lanes.3, word(3))
}

private func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
  value << bits | value >> (64 - bits)
}

private func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
  rotate(lane &+ input &* prime2, 31) &* prime1
}

private func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
  (hash ^ round(0, lane)) &* prime1 &+ prime4
}

private func word(_ bytes: RawSpan, at offset: Int, hiding hidden: Int?) -> UInt64 {
  offset == hidden ? 0 : load(bytes, at: offset, UInt64.self)
}

/// The integer at an offset; its bounds are the caller's to keep.
@inline(__always)
private func load<T: FixedWidthInteger & BitwiseCopyable>(
  _ bytes: RawSpan, at offset: Int, _ type: T.Type
) -> T {
  // SAFETY: every bit pattern is an integer; every loop above ends before the last byte.
  T(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
}
