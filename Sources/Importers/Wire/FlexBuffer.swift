// SPDX-License-Identifier: Apache-2.0

/// Bounded access to a FlexBuffers value: a map of scalars, the options of a custom operator.
///
/// Offsets go backwards from where they stand, and every one is checked against the window before
/// it is followed. Source: flatbuffers.dev/flexbuffers, "FlexBuffers internals".
package struct FlexBuffer {
  /// A scalar; whatever else a file holds is passed over.
  package enum Scalar: Equatable {
    case int(Int)
    case float(Double)
    case bool(Bool)
    case string(String)
  }

  /// Entries and bytes that no honest options reach; they bound the work.
  private static let longestMap = 256
  private static let longestText = 1024

  private let window: ByteWindow

  package init(_ window: ByteWindow) { self.window = window }

  /// A value: its type, where it stands, and the width of what it refers to.
  private struct Reference {
    let type: Int
    let position: Int
    let width: Int
    let targetWidth: Int
  }

  private enum Kind {
    static let null = 0, int = 1, uint = 2, float = 3, key = 4, string = 5
    static let indirectInt = 6, indirectUInt = 7, indirectFloat = 8, map = 9, bool = 26
  }

  /// The scalars of the map at the root, by name.
  ///
  /// - Throws: `ImportError.malformed` when the root is no map or an offset leaves the window.
  package func map() throws(ImportError) -> [String: Scalar] {
    let root = try rootReference()
    guard root.type == Kind.map else { throw malformed(.unexpectedFlexBuffer(type: root.type)) }
    let (start, width) = (try target(of: root), root.targetWidth)
    // In front of the values: where the keys are, how wide their offsets are, how many there are.
    let count = try unsigned(at: start - width, width)
    let keysField = start - 3 * width
    let keys = try backwards(from: keysField, by: try unsigned(at: keysField, width))
    let keyWidth = try unsigned(at: start - 2 * width, width)
    guard [1, 2, 4, 8].contains(keyWidth) else {
      throw malformed(.unexpectedFlexBuffer(type: root.type))
    }
    guard count <= Self.longestMap else { throw malformed(.workLimit) }
    var scalars: [String: Scalar] = [:]
    for index in 0..<count {
      let keyField = keys + index * keyWidth
      let key = try text(
        at: try backwards(from: keyField, by: try unsigned(at: keyField, keyWidth)))
      let type = try unsigned(at: start + count * width + index, 1)
      let reference = Reference(
        type: type >> 2, position: start + index * width, width: width,
        targetWidth: 1 << (type & 3))
      scalars[key] = try scalar(reference)
    }
    return scalars
  }

  /// The last byte is the root's width, the one before it its type.
  private func rootReference() throws(ImportError) -> Reference {
    let end = window.byteCount
    let width = try unsigned(at: end - 1, 1)
    let type = try unsigned(at: end - 2, 1)
    guard [1, 2, 4, 8].contains(width) else {
      throw malformed(.unexpectedFlexBuffer(type: type >> 2))
    }
    return Reference(
      type: type >> 2, position: end - 2 - width, width: width, targetWidth: 1 << (type & 3))
  }

  private func scalar(_ value: Reference) throws(ImportError) -> Scalar? {
    switch value.type {
    case Kind.int: return .int(try signed(at: value.position, value.width))
    case Kind.uint: return .int(try unsigned(at: value.position, value.width))
    case Kind.bool: return .bool(try unsigned(at: value.position, value.width) != 0)
    case Kind.float: return try float(at: value.position, value.width)
    case Kind.indirectInt: return .int(try signed(at: try target(of: value), value.targetWidth))
    case Kind.indirectUInt: return .int(try unsigned(at: try target(of: value), value.targetWidth))
    case Kind.indirectFloat: return try float(at: try target(of: value), value.targetWidth)
    case Kind.key, Kind.string: return .string(try text(at: try target(of: value)))
    default: return nil
    }
  }

  // MARK: - Bytes

  private func target(of value: Reference) throws(ImportError) -> Int {
    try backwards(from: value.position, by: try unsigned(at: value.position, value.width))
  }

  private func backwards(from position: Int, by offset: Int) throws(ImportError) -> Int {
    guard offset <= position else {
      throw malformed(.offsetOutOfBounds(target: position - offset))
    }
    return position - offset
  }

  private func bits(at position: Int, _ width: Int) throws(ImportError) -> UInt64 {
    guard position >= 0, position <= window.byteCount - width else {
      throw malformed(.offsetOutOfBounds(target: position))
    }
    let start = window.range.lowerBound + position
    return (0..<width).reduce(0) { $0 | UInt64(window.file[start + $1]) << UInt64(8 * $1) }
  }

  /// Larger than `Int` can hold is as good as the largest: no offset and no option is.
  private func unsigned(at position: Int, _ width: Int) throws(ImportError) -> Int {
    Int(min(try bits(at: position, width), UInt64(Int32.max)))
  }

  private func signed(at position: Int, _ width: Int) throws(ImportError) -> Int {
    let unused = UInt64(64 - 8 * width)
    return Int(Int64(bitPattern: try bits(at: position, width) << unused) >> Int64(unused))
  }

  private func float(at position: Int, _ width: Int) throws(ImportError) -> Scalar? {
    switch width {
    case 4: .float(Double(Float(bitPattern: UInt32(try bits(at: position, width)))))
    case 8: .float(Double(bitPattern: try bits(at: position, width)))
    default: nil
    }
  }

  /// Up to the next zero byte.
  private func text(at position: Int) throws(ImportError) -> String {
    let start = window.range.lowerBound + position
    guard position >= 0, position < window.byteCount,
      let end = window.file[start..<window.range.upperBound].prefix(Self.longestText)
        .firstIndex(of: 0)
    else { throw malformed(.offsetOutOfBounds(target: position)) }
    return try ByteWindow(file: window.file, range: start..<end).string()
  }

  private func malformed(_ malformation: Malformation) -> ImportError {
    .malformed(malformation, byteOffset: window.byteOffset)
  }
}
