// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of one Protocol Buffers message in file order.
///
/// Bounded: every length is checked against the message that holds it, and nothing is copied.
/// Nested messages are windows that a further reader reads, so depth is the caller's. Source:
/// protobuf.dev/programming-guides/encoding.
package struct ProtobufReader {
  /// How deep the groups of an unknown field may nest; they are skipped.
  package static let groupNestingLimit = 32

  private let file: [UInt8]
  private let end: Int
  package private(set) var position: Int

  package init(_ window: ByteWindow) {
    file = window.file
    position = window.range.lowerBound
    end = window.range.upperBound
  }

  /// The next field; `nil` at the end of the message.
  ///
  /// Groups (deprecated, and absent from ONNX) are skipped.
  package mutating func next() throws(ImportError) -> ProtobufField? {
    while position < end {
      let start = position
      let (number, wireType) = try tag()
      switch wireType {
      case 3: try skipGroup(number, byteOffset: start)
      case 4: throw .malformed(.unbalancedGroup, byteOffset: start)
      default:
        let payload = try payload(wireType, byteOffset: start)
        return ProtobufField(number: number, byteOffset: start, payload: payload)
      }
    }
    return nil
  }

  /// A base-128 integer of at most 10 bytes.
  package mutating func varint() throws(ImportError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else {
        throw .malformed(.truncated(needed: 1, available: 0), byteOffset: position)
      }
      let byte = UInt64(file[position])
      position += 1
      // The tenth byte holds bit 63 alone.
      guard shift < 63 || byte <= 1 else { break }
      value |= (byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw .malformed(.varintTooLong, byteOffset: start)
  }

  package var isAtEnd: Bool { position == end }

  private mutating func tag() throws(ImportError) -> (number: Int, wireType: Int) {
    let start = position
    let tag = try varint()
    guard tag >> 3 > 0, tag <= UInt64(UInt32.max) else {
      throw .malformed(.invalidTag, byteOffset: start)
    }
    return (Int(tag >> 3), Int(tag & 7))
  }

  private mutating func payload(
    _ wireType: Int, byteOffset: Int
  ) throws(ImportError) -> ProtobufField.Payload {
    switch wireType {
    case 0: return .varint(try varint())
    case 1: return .fixed64(try take(8))
    case 2:
      let length = try varint()
      // A length beyond Int clamps; it is beyond the message anyway.
      return .bytes(try take(Int(clamping: length)))
    case 5: return .fixed32(try take(4))
    default: throw .malformed(.unknownWireType(wireType), byteOffset: byteOffset)
    }
  }

  private mutating func take(_ count: Int) throws(ImportError) -> ByteWindow {
    guard count <= end - position else {
      throw .malformed(.truncated(needed: count, available: end - position), byteOffset: position)
    }
    let window = ByteWindow(file: file, range: position..<position + count)
    position += count
    return window
  }

  private mutating func skipGroup(_ number: Int, byteOffset: Int) throws(ImportError) {
    var open = [number]
    while let group = open.last {
      let start = position
      let (number, wireType) = try tag()
      switch wireType {
      case 3:
        guard open.count < Self.groupNestingLimit else {
          throw .malformed(.nestingTooDeep(limit: Self.groupNestingLimit), byteOffset: start)
        }
        open.append(number)
      case 4:
        guard number == group else { throw .malformed(.unbalancedGroup, byteOffset: start) }
        open.removeLast()
      default: _ = try payload(wireType, byteOffset: start)
      }
    }
  }
}
