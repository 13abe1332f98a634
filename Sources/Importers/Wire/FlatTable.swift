// SPDX-License-Identifier: Apache-2.0

/// A table of a FlatBuffers file; fields by their number in the schema.
package struct FlatTable {
  package let buffer: FlatBuffer
  package let position: Int
  package let vtable: Int
  package let vtableByteCount: Int
  package let byteCount: Int

  package func int<T: FixedWidthInteger>(
    _ field: Int, as type: T.Type, default fallback: Int = 0
  ) throws(ImportError) -> Int {
    guard let offset = try offset(of: field, byteCount: T.bitWidth / 8) else { return fallback }
    return Int(truncatingIfNeeded: try buffer.load(type, at: offset))
  }

  package func float(_ field: Int, default fallback: Float = 0) throws(ImportError) -> Float {
    guard let offset = try offset(of: field, byteCount: 4) else { return fallback }
    return Float(bitPattern: try buffer.load(UInt32.self, at: offset))
  }

  package func table(_ field: Int) throws(ImportError) -> FlatTable? {
    guard let target = try target(of: field) else { return nil }
    return try buffer.table(at: target)
  }

  package func string(_ field: Int) throws(ImportError) -> String? {
    try window(field, elementByteCount: 1)?.string()
  }

  /// A vector of scalars as bytes; `nil` when absent.
  package func window(_ field: Int, elementByteCount: Int) throws(ImportError) -> ByteWindow? {
    guard let window = try unchargedWindow(field, elementByteCount: elementByteCount) else {
      return nil
    }
    try buffer.charge(window.byteCount, at: window.byteOffset)
    return window
  }

  /// The same, for a caller that accounts for the bytes when it copies them.
  package func unchargedWindow(_ field: Int, elementByteCount: Int) throws(ImportError)
    -> ByteWindow?
  {
    guard let target = try target(of: field) else { return nil }
    return try buffer.vector(at: target, elementByteCount: elementByteCount)
  }

  /// A vector of integers; empty when absent.
  package func ints<T: FixedWidthInteger>(_ field: Int, as type: T.Type) throws(ImportError)
    -> [Int]
  {
    let byteCount = T.bitWidth / 8
    guard let window = try window(field, elementByteCount: byteCount) else { return [] }
    return stride(from: window.range.lowerBound, to: window.range.upperBound, by: byteCount).map {
      Int(truncatingIfNeeded: T(littleEndian: window.file, at: $0))
    }
  }

  /// A vector of 32-bit floats; empty when absent.
  package func floats(_ field: Int) throws(ImportError) -> [Float] {
    try ints(field, as: UInt32.self).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
  }

  /// A vector of tables; empty when absent.
  package func tables(_ field: Int) throws(ImportError) -> [FlatTable] {
    guard let window = try window(field, elementByteCount: 4) else { return [] }
    var tables: [FlatTable] = []
    for offset in stride(from: window.range.lowerBound, to: window.range.upperBound, by: 4) {
      tables.append(try buffer.table(at: try buffer.target(ofOffsetAt: offset)))
    }
    return tables
  }

  private func target(of field: Int) throws(ImportError) -> Int? {
    guard let offset = try offset(of: field, byteCount: 4) else { return nil }
    return try buffer.target(ofOffsetAt: offset)
  }

  /// Where a field's value stands; `nil` when the file leaves it at its default.
  private func offset(of field: Int, byteCount: Int) throws(ImportError) -> Int? {
    let entry = 4 + 2 * field
    guard entry + 2 <= vtableByteCount else { return nil }
    let offset = Int(try buffer.load(UInt16.self, at: vtable + entry))
    guard offset != 0 else { return nil }
    guard offset >= 4, offset + byteCount <= self.byteCount else {
      throw .malformed(.invalidVTable, byteOffset: vtable + entry)
    }
    return position + offset
  }
}
