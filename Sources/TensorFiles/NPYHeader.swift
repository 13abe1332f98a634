// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What the text at the head of an `.npy` file says.
struct NPYHeader {
  let dtype: DType
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: Shape

  /// The type codes of the supported dtypes, without the byte order.
  static let typeCodes: [(code: String, dtype: DType)] = [
    ("f4", .float32), ("f2", .float16), ("f8", .float64), ("i1", .int8), ("u1", .uint8),
    ("i2", .int16), ("i4", .int32), ("i8", .int64), ("b1", .bool),
  ]

  /// Reads a Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
  init(_ text: ArraySlice<UInt8>) throws(TensorFileError) {
    var scanner = LiteralScanner(text)
    var descr: (String, offset: Int)?
    var isFortranOrder: Bool?
    var extents: ([Int], offset: Int)?
    try scanner.expect("{")
    while !scanner.skip("}") {
      let keyOffset = scanner.offset
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where descr == nil: descr = (try scanner.string(), keyOffset)
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try scanner.boolean()
      case "shape" where extents == nil: extents = (try scanner.tuple(), keyOffset)
      case "descr", "fortran_order", "shape":
        throw .npyHeader(.duplicateKey(key), offset: keyOffset)
      default: throw .npyHeader(.unknownKey(key), offset: keyOffset)
      }
      if !scanner.skip(",") {
        try scanner.expect("}")
        break
      }
    }
    let end = scanner.offset
    guard scanner.isAtEnd else { throw .npyHeader(.trailingText, offset: end) }
    guard let descr else { throw .npyHeader(.missingKey("descr"), offset: end) }
    guard let isFortranOrder else { throw .npyHeader(.missingKey("fortran_order"), offset: end) }
    guard let extents else { throw .npyHeader(.missingKey("shape"), offset: end) }
    guard let shape = Shape(checking: extents.0) else {
      throw .npyHeader(.shapeTooLarge, offset: extents.offset)
    }
    guard
      let order = descr.0.first, "<>|=".contains(order),
      let type = NPYHeader.typeCodes.first(where: { $0.code == descr.0.dropFirst() }),
      order != "|" || type.dtype.byteCount == 1
    else { throw .npyHeader(.dtype(descr.0), offset: descr.offset) }
    dtype = type.dtype
    isBigEndian = order == ">"
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }
}

/// Reads the few Python literals that an `.npy` header is made of; white space is skipped.
private struct LiteralScanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  /// Where the next literal starts, in bytes of the file.
  var offset: Int {
    mutating get {
      skipSpace()
      return rest.startIndex
    }
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return rest.isEmpty
    }
  }

  private mutating func skipSpace() {
    rest = rest.drop { [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t")].contains($0) }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(TensorFileError) {
    guard skip(character) else {
      throw .npyHeader(.expected(Character(character)), offset: offset)
    }
  }

  mutating func string() throws(TensorFileError) -> String {
    let start = offset
    guard let quote = rest.first, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { throw .npyHeader(.string, offset: start) }
    let content = rest[(start + 1)..<end]
    rest = rest[(end + 1)...]
    return String(decoding: content, as: UTF8.self)
  }

  mutating func boolean() throws(TensorFileError) -> Bool {
    let start = offset
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      return value
    }
    throw .npyHeader(.boolean, offset: start)
  }

  mutating func tuple() throws(TensorFileError) -> [Int] {
    var items: [Int] = []
    try expect("(")
    while !skip(")") {
      items.append(try integer())
      if !skip(",") {
        try expect(")")
        break
      }
    }
    return items
  }

  /// A non-negative integer, with the `L` that Python 2 wrote behind large ones.
  private mutating func integer() throws(TensorFileError) -> Int {
    let start = offset
    let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .npyHeader(.integer, offset: start)
    }
    rest = rest[digits.endIndex...]
    _ = skip("L")
    return value
  }
}
