// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Reads the dictionary in a `.npy` header: three keys, each once, in any order.
///
/// Every step consumes bytes, so that it ends on any input.
struct NumPyDictionary {
  private(set) var dtype = DType.float32
  private(set) var isFortranOrder = false
  private(set) var extents: [Int] = []

  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func parse() throws(NumPyError) {
    var seen: (descr: Bool, order: Bool, shape: Bool) = (false, false, false)
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      if key.elementsEqual("descr".utf8), !seen.descr {
        seen.descr = true
        guard let found = DType(numPyDescription: try string()) else { throw .unsupportedDType }
        dtype = found
      } else if key.elementsEqual("fortran_order".utf8), !seen.order {
        seen.order = true
        isFortranOrder = try boolean()
      } else if key.elementsEqual("shape".utf8), !seen.shape {
        seen.shape = true
        extents = try tuple()
      } else {
        throw .malformedHeader
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard position == text.count, seen.descr, seen.order, seen.shape else {
      throw .malformedHeader
    }
  }

  private mutating func tuple() throws(NumPyError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !accept(")") {
      // More axes than any tensor has.
      guard numbers.count < 32 else { throw .malformedHeader }
      numbers.append(try number())
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  /// A number of at most nine digits, which is more than any extent that fits.
  private mutating func number() throws(NumPyError) -> Int {
    skipSpaces()
    let start = position
    var value = 0
    while position < text.count, text[position] >= 0x30, text[position] <= 0x39 {
      guard position - start < 9 else { throw .malformedHeader }
      value = value * 10 + Int(text[position] - 0x30)
      position += 1
    }
    guard position > start else { throw .malformedHeader }
    return value
  }

  private mutating func boolean() throws(NumPyError) -> Bool {
    if accept("True") { return true }
    try expect("False")
    return false
  }

  /// A string in single or double quotes, without escapes.
  private mutating func string() throws(NumPyError) -> [UInt8] {
    skipSpaces()
    guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else {
      throw .malformedHeader
    }
    let quote = text[position]
    let start = position + 1
    guard let end = text[start...].firstIndex(of: quote) else { throw .malformedHeader }
    position = end + 1
    return Array(text[start..<end])
  }

  private mutating func expect(_ token: StaticString) throws(NumPyError) {
    guard accept(token) else { throw .malformedHeader }
  }

  private mutating func accept(_ token: StaticString) -> Bool {
    skipSpaces()
    let expected = Array(token.description.utf8)
    guard text[position...].starts(with: expected) else { return false }
    position += expected.count
    return true
  }

  private mutating func skipSpaces() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x0A { position += 1 }
  }
}
