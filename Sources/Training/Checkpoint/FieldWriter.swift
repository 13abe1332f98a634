// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Little-endian fields one after the other; what `FieldReader` reads.
struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ value: UInt32) { bytes += littleEndianBytes(of: value) }
  mutating func append(_ value: UInt64) { bytes += littleEndianBytes(of: value) }
  mutating func append(_ value: Int) { append(UInt64(bitPattern: Int64(value))) }
  mutating func append(_ value: Double) { append(value.bitPattern) }

  mutating func append(_ value: Int?) {
    append(value == nil ? 0 : 1)
    if let value { append(value) }
  }

  mutating func append(_ value: Double?) {
    append(value == nil ? 0 : 1)
    if let value { append(value) }
  }

  mutating func append(_ values: [Double]) {
    append(values.count)
    bytes += littleEndianBytes(of: values)
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes += text.utf8
  }

  mutating func append(raw other: [UInt8]) { bytes += other }
}

/// Little-endian fields of bytes that may be anything; every read is checked.
struct FieldReader {
  /// The bytes are not what was written.
  struct Malformed: Error {}

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var remaining: Int { rest.count }
  var isAtEnd: Bool { rest.isEmpty }

  mutating func raw(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func uint32() throws(Malformed) -> UInt32 {
    try raw(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func uint64() throws(Malformed) -> UInt64 {
    try raw(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func integer() throws(Malformed) -> Int { Int(Int64(bitPattern: try uint64())) }

  /// A number of things that take so many bytes each at least, so that they can be there.
  mutating func count(ofBytes bytes: Int) throws(Malformed) -> Int {
    let count = try integer()
    guard count >= 0, count <= rest.count / bytes else { throw Malformed() }
    return count
  }

  mutating func real() throws(Malformed) -> Double { Double(bitPattern: try uint64()) }

  mutating func optionalInteger() throws(Malformed) -> Int? {
    try isPresent() ? try integer() : nil
  }

  mutating func optionalReal() throws(Malformed) -> Double? { try isPresent() ? try real() : nil }

  mutating func reals() throws(Malformed) -> [Double] {
    let count = try count(ofBytes: 8)
    return littleEndianArray(Array(try raw(8 * count)), as: Double.self)
  }

  mutating func text() throws(Malformed) -> String {
    let bytes = try raw(try count(ofBytes: 1))
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
    return text
  }

  private mutating func isPresent() throws(Malformed) -> Bool {
    switch try integer() {
    case 0: false
    case 1: true
    default: throw Malformed()
    }
  }
}
