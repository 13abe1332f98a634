// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

/// Spellings that the node tests of the `onnx` package do not reach: TFLite's, and refusals.
@Suite struct SpellingTests {
  /// The graph of one foreign node over the given inputs.
  func build(
    _ key: Spelling.Key, version: Int = 21, _ attributes: [String: AttributeValue] = [:],
    _ inputs: [Input], output: TensorType? = nil
  ) throws -> Graph {
    let spelling = try #require(Catalogue.spelling(for: key, version: version))
    var builder = GraphBuilder()
    let values = inputs.enumerated().map { index, input -> Value? in
      switch input {
      case .free(let type): builder.input("x\(index)", type)
      case .constant(let data): builder.constant(data)
      case .omitted: nil
      }
    }
    var node = ImportedNode(
      name: "node", attributes: Attributes(attributes), inputs: values,
      outputs: [
        ImportedNode.Output(
          name: "y", shape: output?.shape, quantization: output?.quantization,
          dtype: output?.dtype)
      ], version: version, builder: builder)
    let outputs = try spelling.build(&node)
    node.builder.output("y", outputs[0])
    let graph = node.builder.finish()
    try graph.verify()
    return graph
  }

  enum Input {
    case free(TensorType)
    case constant(TensorData)
    case omitted
  }

  func floats(_ shape: Shape, from first: Float = 1) -> TensorData {
    TensorData(shape, float32: (0..<shape.elementCount).map { first + Float($0) })
  }

  func ints(_ values: [Int32]) -> TensorData { TensorData([values.count], int32: values) }

  func int8(_ shape: Shape, scale: Float, zeroPoint: Int32 = 0) -> TensorType {
    TensorType(
      .int8, shape, quantization: QuantizationParameters(scale: scale, zeroPoint: zeroPoint))
  }

  // MARK: - Versions

  @Test func theNewestSpellingNotAboveTheVersionApplies() {
    let softmax = Spelling.Key.onnx("Softmax")
    #expect(Catalogue.spelling(for: softmax, version: 12)?.since == 1)
    #expect(Catalogue.spelling(for: softmax, version: 13)?.since == 13)
    #expect(Catalogue.spelling(for: softmax, version: 21)?.since == 13)
    #expect(Catalogue.spelling(for: .onnx("Add"), version: 6) == nil)
    #expect(Catalogue.spelling(for: .onnx("NoSuchOperator"), version: 21) == nil)
  }

  @Test func noTwoSpellingsCollide() {
    for type in Catalogue.all {
      for spelling in type.spellings {
        let found = Catalogue.spelling(for: spelling.key, version: spelling.since)
        #expect(found?.since == spelling.since)
      }
    }
    let all = Catalogue.all.flatMap { $0.spellings.map { "\($0.key) \($0.since)" } }
    #expect(Set(all).count == all.count)
  }

  // MARK: - TFLite

  /// A multiplier on one channel is a convolution: output channel o reads channel 0.
  @Test func depthwiseMultiplierBecomesAConvolution() throws {
    let x = TensorType(.float32, [1, 3, 3, 1])
    let weights = floats([1, 2, 2, 3])
    let graph = try build(
      .tflite(4), ["padding": .int(1), "stride_w": .int(1), "stride_h": .int(1)],
      [.free(x), .constant(weights), .constant(floats([3]))])
    let y = graph.reference([floats([1, 3, 3, 1])])[0]
    #expect(y.shape == [1, 2, 2, 3])
    // Pixels 1, 2, 4, 5 under taps of channel 1: 2, 5, 8, 11; bias 2.
    let expected: Double = 2 + 10 + 32 + 55 + 2
    #expect(y.values[1] == expected)
    #expect(throws: OperatorError.attributeValue("depth_multiplier", .int(2))) {
      try build(
        .tflite(4), [:],
        [.free(TensorType(.float32, [1, 3, 3, 2])), .constant(floats([1, 1, 1, 4]))])
    }
  }

  /// Weights quantised for size alone.
  @Test func hybridWeightsAreDequantised() throws {
    let weights = TensorData(int8([2, 3], scale: 0.5), bytes: [2, 4, 6, 254, 0, 2])
    let graph = try build(
      .tflite(9), ["fused_activation_function": .int(1)],
      [.free(TensorType(.float32, [1, 1, 3])), .constant(weights), .omitted])
    let y = graph.reference([floats([1, 1, 3])])[0]
    #expect(y.shape == [1, 2])
    #expect(y.values == [1.0 + 4.0 + 9.0, -1.0 + 3.0])
  }

  @Test func concatenationRequantisesWhatDiffers() throws {
    let graph = try build(
      .tflite(2), ["axis": .int(0)],
      [.free(int8([2], scale: 0.5)), .free(int8([2], scale: 0.25, zeroPoint: 3))],
      output: int8([4], scale: 0.5))
    #expect(graph.nodes.map { type(of: $0.operation).name } == ["Quantize", "Concatenation"])
    let y = graph.reference([
      TensorData(int8([2], scale: 0.5), bytes: [1, 2]),
      TensorData(int8([2], scale: 0.25, zeroPoint: 3), bytes: [5, 7]),
    ])[0]
    #expect(y.values == [0.5, 1, 0.5, 1])
  }

  @Test func movesKeepTheDeclaredScale() throws {
    let graph = try build(
      .tflite(22), ["new_shape": .ints([-1, 2])], [.free(int8([2, 3], scale: 0.5))],
      output: int8([3, 2], scale: 0.25, zeroPoint: 1))
    #expect(graph.nodes.map { type(of: $0.operation).name } == ["Reshape", "Quantize"])
  }

  @Test(
    arguments: [[1, 2], [2, 1], [3], [-1], [0, 1], [0, 2], [1, 3]] as [[Int32]], [false, true])
  func meansOverAxes(_ axes: [Int32], keeps: Bool) throws {
    let x = floats([2, 3, 2, 2])
    let graph = try build(
      .tflite(40), ["keep_dims": .int(keeps ? 1 : 0)], [.free(x.type), .constant(ints(axes))])
    let y = graph.reference([x])[0]
    let reduced = Set(axes.map { Int($0) < 0 ? Int($0) + 4 : Int($0) })
    let extents = x.type.shape.extents.enumerated().compactMap { axis, extent in
      reduced.contains(axis) ? (keeps ? 1 : nil) : extent
    }
    #expect(y.shape.extents == extents)
    // The plain definition: sum every element into the output element of its kept axes.
    var sums: [[Int]: (sum: Double, count: Double)] = [:]
    let strides = x.type.shape.strides
    for (flat, value) in x.storedValues.enumerated() {
      let key = (0..<4).filter { !reduced.contains($0) }.map {
        flat / strides[$0] % x.type.shape[$0]
      }
      let (sum, count) = sums[key] ?? (0, 0)
      sums[key] = (sum + value, count + 1)
    }
    let expected = sums.keys.sorted { $0.lexicographicallyPrecedes($1) }.map {
      sums[$0]!.sum / sums[$0]!.count
    }
    for (value, expected) in zip(y.values, expected) { #expect(abs(value - expected) < 1e-12) }
  }

  /// From 2 to 4 columns: corners on corners, centres on centres, or counted from the left.
  @Test(
    arguments: zip(
      ["align_corners", "half_pixel_centers", "neither"],
      [[0, 1 / 3.0, 2 / 3.0, 1], [0, 0.25, 0.75, 1], [0, 0.5, 1, 1]] as [[Double]]))
  func bilinearResizeFollowsTheCoordinateRule(_ rule: String, expected: [Double]) throws {
    let x = floats([1, 1, 2, 1], from: 0)
    let graph = try build(
      .tflite(23), [rule: .int(1)], [.free(x.type), .constant(ints([1, 4]))])
    for (value, expected) in zip(graph.reference([x])[0].values, expected) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  /// From 4 to 2 columns.
  @Test(
    arguments: zip(
      ["align_corners", "half_pixel_centers", "neither"], [[0, 3], [1, 3], [0, 2]] as [[Double]]))
  func nearestResizeFollowsTheCoordinateRule(_ rule: String, expected: [Double]) throws {
    let x = floats([1, 1, 4, 1], from: 0)
    let graph = try build(
      .tflite(97), [rule: .int(1)], [.free(x.type), .constant(ints([1, 2]))])
    #expect(graph.reference([x])[0].values == expected)
  }

  @Test func padValueIsARealNumber() throws {
    let x = int8([2], scale: 0.5)
    let fill = TensorData(int8([1], scale: 0.25), bytes: [6])
    let graph = try build(
      .tflite(60), [:], [.free(x), .constant(ints([1, 2])), .constant(fill)], output: nil)
    #expect(graph.reference([TensorData(x, bytes: [1, 2])])[0].values == [1.5, 0.5, 1, 1.5, 1.5])
  }

  // MARK: - ONNX

  @Test func groupsOtherThanChannelsAreRefused() throws {
    let x = Input.free(TensorType(.float32, [1, 4, 3, 3]))
    #expect(throws: OperatorError.attributeValue("group", .int(2))) {
      try build(.onnx("Conv"), ["group": .int(2)], [x, .constant(floats([4, 2, 1, 1]))])
    }
    let graph = try build(.onnx("Conv"), ["group": .int(4)], [x, .constant(floats([4, 1, 1, 1]))])
    #expect(graph.nodes.contains { $0.operation is DepthwiseConvolution })
  }

  /// uint8 in the file is int8 here, 128 lower.
  @Test func unsignedQuantisationIsShifted() throws {
    let scale = TensorData([], float32: [0.5])
    let zeroPoint = TensorData(TensorType(.uint8, []), bytes: [130])
    let quantize = try build(
      .onnx("QuantizeLinear"), [:],
      [.free(TensorType(.float32, [2])), .constant(scale), .constant(zeroPoint)])
    let type = quantize.type(of: quantize.outputs[0].value)
    #expect(type == int8([2], scale: 0.5, zeroPoint: 2))

    let stored = TensorData(TensorType(.uint8, [3]), bytes: [0, 130, 255])
    let dequantize = try build(
      .onnx("DequantizeLinear"), [:], [.constant(stored), .constant(scale), .constant(zeroPoint)])
    #expect(dequantize.reference([])[0].values == [-65, 0, 62.5])
    let matrix = TensorData([2, 3], int8: [1, 2, 3, 4, 5, 6])
    let blocks = try build(
      .onnx("DequantizeLinear"), ["axis": .int(1), "block_size": .int(2)],
      [.constant(matrix), .constant(floats([2, 2], from: 10))])
    #expect(blocks.reference([])[0].values == [10, 20, 33, 48, 60, 78])
    for (size, scales) in [(0x7FFF_FFFF_FFFF_FFFF, 1), (-1, 1), (2, 3)] {
      #expect(throws: OperatorError.self) {
        try build(
          .onnx("DequantizeLinear"), ["axis": .int(1), "block_size": .int(size)],
          [.constant(matrix), .constant(floats([2, scales]))])
      }
    }
  }

  @Test func boundsOfAClipMustBeConstants() {
    #expect(throws: OperatorError.inputNotConstant(input: 1)) {
      _ = try build(
        .onnx("Clip"), [:],
        [.free(TensorType(.float32, [2])), .free(TensorType(.float32, []))])
    }
  }

  @Test func matrixProductsWithAConstantMatrixAreDenseLayers() throws {
    let (x, b) = (TensorType(.float32, [3, 2, 2]), floats([2, 2], from: 1))
    let dense = try build(.onnx("MatMul"), [:], [.free(x), .constant(b)])
    #expect(dense.nodes.contains { $0.operation is FullyConnected })
    for (key, inputs) in [("MatMul", [x, x]), ("Gemm", [b.type, b.type])] {
      let product = try build(.onnx(key), [:], inputs.map { .free($0) })
      #expect(product.nodes.contains { $0.operation is MatMul })
    }
  }
}
