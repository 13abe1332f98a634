// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Small ONNX models, encoded by hand: the tests need no file from elsewhere.
///
/// Field numbers are those of `onnx.proto3`, https://github.com/onnx/onnx.
enum TinyModel {
  /// `y = max(x · W + b, 0)`: `x` is `float32 1x4`, `y` is `float32 1x3`.
  static let dense: [UInt8] = model(
    nodes: [
      node("Gemm", inputs: ["x", "weights", "bias"], outputs: ["product"], name: "dense"),
      node("Relu", inputs: ["product"], outputs: ["y"], name: "activation"),
    ],
    constants: [
      constant("weights", [4, 3], (0..<12).map { Float($0) / 8 - 0.5 }),
      constant("bias", [3], [0.25, -0.5, 1]),
    ],
    inputs: [port("x", [1, 4])], outputs: [port("y", [1, 3])])

  /// `dense` without its clamp: `y = x · W + b`.
  static let linear: [UInt8] = model(
    nodes: [node("Gemm", inputs: ["x", "weights", "bias"], outputs: ["y"], name: "dense")],
    constants: [
      constant("weights", [4, 3], (0..<12).map { Float($0) / 8 - 0.5 }),
      constant("bias", [3], [0.25, -0.5, 1]),
    ],
    inputs: [port("x", [1, 4])], outputs: [port("y", [1, 3])])

  /// What `dense` makes of `x`.
  static func denseOutput(_ x: [Float]) -> [Float] {
    (0..<3).map { column in
      let bias: [Float] = [0.25, -0.5, 1]
      let sum = (0..<4).reduce(bias[column]) { sum, row in
        sum + x[row] * (Float(3 * row + column) / 8 - 0.5)
      }
      return max(sum, 0)
    }
  }

  /// An embedding `y = table[ids]`, what is not token 0 (`m`, bool) and the doubled `ids` (`s`).
  ///
  /// `ids` is `int64 1x3`, the table `float32 4x2`: 0, 1, 2, …
  static let lookup: [UInt8] = model(
    nodes: [
      node("Gather", inputs: ["table", "ids"], outputs: ["y"], name: "embedding"),
      node("Cast", inputs: ["ids"], outputs: ["m"], name: "mask", attribute: ("to", 9)),
      node("Add", inputs: ["ids", "ids"], outputs: ["s"], name: "sum"),
    ],
    constants: [constant("table", [4, 2], (0..<8).map { Float($0) })],
    inputs: [port("ids", [1, 3], dtype: 7)],
    outputs: [port("y", [1, 3, 2]), port("m", [1, 3], dtype: 9), port("s", [1, 3], dtype: 7)])

  /// Layers of different widths, so that the arena holds different amounts at each step.
  static let deep: [UInt8] = model(
    nodes: [
      node("Gemm", inputs: ["x", "w0"], outputs: ["a"], name: "wider"),
      node("Gemm", inputs: ["a", "w1"], outputs: ["b"], name: "widest"),
      node("Gemm", inputs: ["b", "w2"], outputs: ["c"], name: "narrower"),
      node("Gemm", inputs: ["c", "w3"], outputs: ["y"], name: "narrowest"),
    ],
    constants: zip([4, 32, 128, 64], [32, 128, 64, 2]).enumerated().map { index, extents in
      constant(
        "w\(index)", [extents.0, extents.1],
        (0..<extents.0 * extents.1).map { Float($0 % 7) / 8 - 0.375 })
    },
    inputs: [port("x", [1, 4])], outputs: [port("y", [1, 2])])

  /// Names that would be markup or code if a page did not keep them text.
  static let hostileNames: [UInt8] = model(
    nodes: [
      node(
        "Relu", inputs: ["x"], outputs: ["</script><script>window.hacked=1</script>"],
        name: "</script><script>window.hacked=1</script>"),
      node(
        "Softmax", inputs: ["</script><script>window.hacked=1</script>"],
        outputs: ["\"><img src=x onerror=window.hacked=1>"], name: "<!--<script>`${alert(1)}`"),
    ],
    constants: [], inputs: [port("x", [1, 4])],
    outputs: [port("\"><img src=x onerror=window.hacked=1>", [1, 4])])

  /// A layer whose name would be markup.
  static let hostileLayer: [UInt8] = model(
    nodes: [
      node(
        "Gemm", inputs: ["x", "weights", "bias"],
        outputs: ["\"><img src=x onerror=window.hacked=1>"],
        name: "</script><script>window.hacked=1</script>")
    ],
    constants: [
      constant("weights", [4, 3], (0..<12).map { Float($0) / 8 - 0.5 }),
      constant("bias", [3], [0.25, -0.5, 1]),
    ],
    inputs: [port("x", [1, 4])],
    outputs: [port("\"><img src=x onerror=window.hacked=1>", [1, 3])])

  /// Two operators that nobody knows, one of them twice.
  static let unsupported: [UInt8] = model(
    nodes: [
      node("Frobnicate", inputs: ["x"], outputs: ["a"], name: "first"),
      node("Relu", inputs: ["a"], outputs: ["b"], name: "second"),
      node("Grault", inputs: ["b"], outputs: ["c"], name: "third"),
      node("Frobnicate", inputs: ["c"], outputs: ["y"], name: "fourth"),
    ],
    constants: [], inputs: [port("x", [1, 4])], outputs: [port("y", [1, 4])])

  /// `y = max(x, 0)` over an image input, channels first.
  static let image: [UInt8] = model(
    nodes: [node("Relu", inputs: ["x"], outputs: ["y"], name: "activation")],
    constants: [], inputs: [port("x", [1, 3, 2, 4])], outputs: [port("y", [1, 3, 2, 4])])

  // MARK: - Messages

  private static func model(
    nodes: [[UInt8]], constants: [[UInt8]], inputs: [[UInt8]], outputs: [[UInt8]]
  ) -> [UInt8] {
    let graph =
      nodes.flatMap { field(1, $0) } + field(2, "tiny") + constants.flatMap { field(5, $0) }
      + inputs.flatMap { field(11, $0) } + outputs.flatMap { field(12, $0) }
    let operatorSet = field(2, 13)
    return field(1, 8) + field(7, graph) + field(8, operatorSet)
  }

  private static func node(
    _ type: String, inputs: [String], outputs: [String], name: String,
    attribute: (name: String, value: Int)? = nil
  ) -> [UInt8] {
    let attributes = attribute.map { attribute in
      field(5, field(1, attribute.name) + field(3, attribute.value) + field(20, 2))
    }
    return inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(3, name)
      + field(4, type) + (attributes ?? [])
  }

  private static func constant(_ name: String, _ extents: [Int], _ values: [Float]) -> [UInt8] {
    extents.flatMap { field(1, $0) } + field(2, 1) + field(8, name)
      + field(9, littleEndianBytes(of: values))
  }

  private static func port(_ name: String, _ extents: [Int], dtype: Int = 1) -> [UInt8] {
    let shape = extents.flatMap { field(1, field(1, $0)) }
    return field(1, name) + field(2, field(1, field(1, dtype) + field(2, shape)))
  }

  // MARK: - Fields

  private static func field(_ number: Int, _ value: Int) -> [UInt8] {
    varint(number << 3) + varint(value)
  }

  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(bytes.count) + bytes
  }

  private static func field(_ number: Int, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
