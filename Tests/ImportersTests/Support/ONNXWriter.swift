// SPDX-License-Identifier: Apache-2.0

/// Writes the few ONNX messages that tests need to make models too large or too many to commit.
enum ONNXWriter {
  static func number(_ field: Int, _ value: Int) -> [UInt8] {
    varint(UInt64(field << 3)) + varint(UInt64(bitPattern: Int64(value)))
  }

  static func block(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(UInt64(field << 3 | 2)) + varint(UInt64(content.count)) + content
  }

  static func text(_ field: Int, _ content: String) -> [UInt8] { block(field, Array(content.utf8)) }

  /// A node of the graph, as the graph's field 1.
  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    attributes: [UInt8] = []
  ) -> [UInt8] {
    let names = inputs.flatMap { text(1, $0) } + outputs.flatMap { text(2, $0) }
    return block(1, names + text(4, type) + text(7, domain) + attributes)
  }

  /// A float32 constant, as the graph's field 5.
  static func constant(_ name: String, _ extents: [Int], bytes: [UInt8]) -> [UInt8] {
    block(5, extents.flatMap { number(1, $0) } + number(2, 1) + text(8, name) + block(9, bytes))
  }

  /// An input (field 11) or output (field 12), float32 unless told; free dimensions by name.
  static func port(
    _ field: Int, _ name: String, _ extents: [any Sendable], dtype: Int = 1
  ) -> [UInt8] {
    let shape = extents.flatMap { extent in
      block(1, (extent as? Int).map { number(1, $0) } ?? text(2, extent as? String ?? ""))
    }
    return block(field, text(1, name) + block(2, block(1, number(1, dtype) + block(2, shape))))
  }

  static func model(_ graph: [UInt8], opset: Int = 13) -> [UInt8] {
    number(1, 8) + block(7, graph) + block(8, number(2, opset))
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
