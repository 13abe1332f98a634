// SPDX-License-Identifier: Apache-2.0

/// Bounded access to a FlatBuffers file.
///
/// Every offset is checked before it is followed, and bytes are assembled one by one, so that
/// alignment does not matter. References may share targets, so a small file can describe a huge
/// model; `charge` ends that: all reading together may touch a few times the file's size.
/// Source: flatbuffers.dev/internals.
package final class FlatBuffer {
  package let file: [UInt8]
  private var remainingWork: Int

  package init(_ file: [UInt8]) {
    self.file = file
    // An honest file is read once; strings and tables that are shared honestly are short.
    remainingWork = 8 * file.count + 65536
  }

  /// The file's root table.
  package func root() throws(ImportError) -> FlatTable {
    try table(at: try target(ofOffsetAt: 0))
  }

  package func load<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) throws(ImportError) -> T {
    try check(offset, byteCount: T.bitWidth / 8, referredFrom: offset)
    return T(littleEndian: file, at: offset)
  }

  /// Where the unsigned 32-bit offset at `offset` points.
  package func target(ofOffsetAt offset: Int) throws(ImportError) -> Int {
    let target = offset + Int(try load(UInt32.self, at: offset))
    try check(target, byteCount: 4, referredFrom: offset)
    return target
  }

  package func table(at position: Int) throws(ImportError) -> FlatTable {
    try charge(16, at: position)
    let vtable = position - Int(try load(Int32.self, at: position))
    guard vtable >= 0, vtable <= file.count - 4 else {
      throw .malformed(.offsetOutOfBounds(target: vtable), byteOffset: position)
    }
    let vtableByteCount = Int(try load(UInt16.self, at: vtable))
    let tableByteCount = Int(try load(UInt16.self, at: vtable + 2))
    guard vtableByteCount >= 4, vtableByteCount % 2 == 0, tableByteCount >= 4,
      vtable + vtableByteCount <= file.count, position + tableByteCount <= file.count
    else { throw .malformed(.invalidVTable, byteOffset: vtable) }
    return FlatTable(
      buffer: self, position: position, vtable: vtable, vtableByteCount: vtableByteCount,
      byteCount: tableByteCount)
  }

  /// The elements of the vector at `position`, as bytes.
  package func vector(at position: Int, elementByteCount: Int) throws(ImportError) -> ByteWindow {
    let count = Int(try load(UInt32.self, at: position))
    let start = position + 4
    try check(start, byteCount: count * elementByteCount, referredFrom: position)
    return ByteWindow(file: file, range: start..<start + count * elementByteCount)
  }

  /// Accounts for bytes about to be read.
  package func charge(_ byteCount: Int, at offset: Int) throws(ImportError) {
    remainingWork -= byteCount
    guard remainingWork >= 0 else { throw .malformed(.workLimit, byteOffset: offset) }
  }

  private func check(
    _ start: Int, byteCount: Int, referredFrom offset: Int
  ) throws(ImportError) {
    guard start >= 0, start <= file.count else {
      throw .malformed(.offsetOutOfBounds(target: start), byteOffset: offset)
    }
    guard byteCount <= file.count - start else {
      throw .malformed(
        .truncated(needed: byteCount, available: file.count - start), byteOffset: start)
    }
  }
}
