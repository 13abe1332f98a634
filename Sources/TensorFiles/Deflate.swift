// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Window bits of a deflate stream without header or trailer, as zip archives hold it.
private let rawWindowBits: Int32 = -15

/// What zlib takes in one call at most; its counts are 32 bits.
private let largestChunk = 1 << 30

/// The CRC-32 of zip archives.
func zipChecksum(_ bytes: [UInt8]) -> UInt32 {
  unsafe bytes.withUnsafeBytes { buffer in
    // SAFETY: the pointer and count are the array's own; crc32_z takes a 64-bit count.
    UInt32(
      unsafe crc32_z(0, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count))
  }
}

/// Unpacks a raw deflate stream of known length.
///
/// - Returns: exactly `byteCount` bytes; `nil` when the stream is invalid, ends early, has more, or
///   is followed by other bytes.
func inflateRaw(_ packed: [UInt8], byteCount: Int) -> [UInt8]? {
  var stream = unsafe z_stream()
  let version = ZLIB_VERSION
  // SAFETY: the stream is zeroed and outlives its use; the size is that of this very type.
  guard
    unsafe inflateInit2_(&stream, rawWindowBits, version, Int32(MemoryLayout<z_stream>.size))
      == Z_OK
  else { return nil }
  defer { unsafe inflateEnd(&stream) }
  // SAFETY: the stream is initialised and used by this call alone.
  let bytes = unsafe transform(packed, room: byteCount, &stream) { stream, mode in
    unsafe inflate(&stream, mode)
  }
  return bytes?.count == byteCount ? bytes : nil
}

/// Packs bytes to a raw deflate stream; `nil` when zlib has no memory.
func deflateRaw(_ bytes: [UInt8]) -> [UInt8]? {
  var stream = unsafe z_stream()
  let version = ZLIB_VERSION
  // SAFETY: the stream is zeroed and outlives its use; the size is that of this very type.
  guard
    unsafe deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, rawWindowBits, 8, Z_DEFAULT_STRATEGY, version,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { return nil }
  defer { unsafe deflateEnd(&stream) }
  let room = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
  // SAFETY: as above.
  return unsafe transform(bytes, room: room, &stream) { stream, mode in
    unsafe deflate(&stream, mode)
  }
}

/// Feeds all of `input` through a zlib stream into at most `room` bytes.
///
/// - Returns: what came out when the stream ended exactly at the end of the input, else `nil`.
private func transform(
  _ input: [UInt8], room: Int, _ stream: inout z_stream,
  _ advance: (inout z_stream, Int32) -> Int32
) -> [UInt8]? {
  var isComplete = false
  let output = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, initialized in
    var consumed = 0
    unsafe input.withUnsafeBytes { source in
      repeat {
        let offered = min(source.count - consumed, largestChunk)
        let free = min(room - initialized, largestChunk)
        let bytes = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // SAFETY: zlib reads `offered` bytes from `consumed` and writes at most `free` bytes from
        // `initialized`; both stay inside their buffers. zlib does not write to its input.
        unsafe stream.next_in = bytes.map { unsafe UnsafeMutablePointer(mutating: $0 + consumed) }
        unsafe stream.avail_in = UInt32(offered)
        unsafe stream.next_out = output.baseAddress.map { unsafe $0 + initialized }
        unsafe stream.avail_out = UInt32(free)
        let isLast = offered == source.count - consumed
        let status = unsafe advance(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        let taken = unsafe offered - Int(stream.avail_in)
        let made = unsafe free - Int(stream.avail_out)
        consumed += taken
        initialized += made
        if status == Z_STREAM_END { isComplete = consumed == source.count }
        let mayContinue = status == Z_OK || status == Z_BUF_ERROR
        guard mayContinue, taken + made > 0 else { return }
      } while true
    }
  }
  return isComplete ? output : nil
}
