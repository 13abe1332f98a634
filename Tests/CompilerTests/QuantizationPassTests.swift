// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Models as ONNX spells int8: float operators between dequantisations and quantisations.
@Suite struct QuantizationPassTests {
  private let input = QuantizationParameters(scale: 0.02, zeroPoint: -3)
  private let output = QuantizationParameters(scale: 0.1, zeroPoint: 5)

  private func int8Weights(
    _ f: inout Fixture, _ extents: Int..., axis: Int? = nil
  ) throws -> Value {
    let shape = Shape(extents)
    let quantization =
      axis.map { axis in
        QuantizationParameters(
          axis: axis, scales: (0..<shape[axis]).map { 0.004 + 0.001 * Float($0) },
          zeroPoints: [Int32](repeating: 0, count: shape[axis]))
      } ?? QuantizationParameters(scale: 0.01, zeroPoint: 0)
    var generator = SeededGenerator(seed: 11)
    let data = randomTensor(
      TensorType(.int8, shape, quantization: quantization), in: -0.5...0.5, using: &generator)
    return try f.apply(Dequantize(), f.builder.constant(data))
  }

  @Test func anNCHWConvolutionRunsInIntegers() throws {
    var f = Fixture()
    let x = f.builder.input("x", TensorType(.int8, [1, 3, 5, 5], quantization: input))
    let real = try f.apply(
      Transpose(permutation: [0, 2, 3, 1]), f.apply(Dequantize(), x))
    // Weights [O, C, kh, kw], one scale for each output channel.
    let w = try f.apply(
      Transpose(permutation: [0, 2, 3, 1]), int8Weights(&f, 4, 3, 3, 3, axis: 0))
    let bias = QuantizationParameters(
      axis: 0, scales: (0..<4).map { 0.02 * (0.004 + 0.001 * Float($0)) },
      zeroPoints: [0, 0, 0, 0])
    let b = try f.apply(
      Dequantize(), f.builder.constant(TensorData([4], int32: [9, -700, 3, 0], quantization: bias)))
    let sums = try f.apply(Clamp(range: .relu6), f.apply(Convolution(), real, w, b))
    let turned = try f.apply(Transpose(permutation: [0, 3, 1, 2]), sums)
    let y = try f.builder.apply(Quantize(), [turned], quantization: output)
    let graph = try optimize(f.finish(y))
    #expect(graph.operatorNames == ["Transpose", "Convolution", "Transpose"])
    try #require(graph.nodes.count == 3)
    #expect(graph.nodes[1].inputs.map { graph.type(of: $0).dtype } == [.int8, .int8, .int32])
    try expectSameReference(f.finish(y), graph, on: randomInputs(of: graph))
  }

  @Test func movesKeepTheirInputsScale() throws {
    for (target, operators) in [(input, ["MaxPool"]), (output, ["MaxPool", "Quantize"])] {
      var f = Fixture()
      let x = f.builder.input("x", TensorType(.int8, [1, 4, 4, 2], quantization: input))
      let pooled = try f.apply(
        MaxPool(window: Extent2D(2, 2), stride: Extent2D(2, 2)), f.apply(Dequantize(), x))
      let y = try f.builder.apply(Quantize(), [pooled], quantization: target)
      let graph = try rewrite(f.finish(y), by: .quantizationFusion)
      #expect(graph.operatorNames == operators)
    }
  }

  @Test func aResidualAddRunsInIntegers() throws {
    var f = Fixture()
    let x = f.builder.input("x", TensorType(.int8, [1, 4, 4, 2], quantization: input))
    let z = f.builder.input("z", TensorType(.int8, [1, 4, 4, 2], quantization: output))
    let sum = try f.apply(Add(), f.apply(Dequantize(), x), f.apply(Dequantize(), z))
    let stored = try f.builder.apply(Quantize(), [sum], quantization: output)
    let y = try f.apply(Dequantize(), stored)
    let graph = try rewrite(f.finish(y), by: .quantizationFusion)
    #expect(graph.operatorNames == ["Add", "Dequantize"])
  }

  /// Attention of a model that quantises every value: scores, mask, weights and sums in integers.
  @Test func attentionRunsInIntegers() throws {
    let weight = QuantizationParameters(scale: 1.0 / 256, zeroPoint: -128)
    let score = QuantizationParameters(scale: 0.06, zeroPoint: 9)
    var f = Fixture()
    func stored(_ value: Value, _ quantization: QuantizationParameters) throws -> Value {
      try f.apply(Dequantize(), f.builder.apply(Quantize(), [value], quantization: quantization))
    }
    func head(_ name: String) throws -> Value {
      let type = TensorType(.int8, [1, 2, 7, 5], quantization: input)
      return try f.apply(Dequantize(), f.builder.input(name, type))
    }
    let (q, k, v) = (try head("q"), try head("k"), try head("v"))
    let keys = try stored(f.apply(Transpose(permutation: [0, 1, 3, 2]), k), input)
    let factor = try stored(f.builder.constant(TensorData([], float32: [0.25])), weight)
    let maskType = TensorType(.int8, [1, 1, 1, 7], quantization: score)
    let mask = try f.apply(Dequantize(), f.builder.input("mask", maskType))
    let products = try stored(f.apply(MatMul(), q, keys), output)
    let scaled = try stored(f.apply(Multiply(), products, factor), score)
    let scores = try stored(f.apply(Add(), scaled, mask), score)
    let weights = try stored(f.apply(Softmax(), scores), weight)
    let y = try f.builder.apply(Quantize(), [f.apply(MatMul(), weights, v)], quantization: input)
    let graph = try optimize(f.finish(y))
    #expect(graph.operatorNames == ["Transpose", "MatMul", "Multiply", "Add", "Softmax", "MatMul"])
    #expect(graph.nodes.allSatisfy { graph.type(of: $0.outputs[0]).dtype == .int8 })
    try expectSameReference(f.finish(y), graph, on: randomInputs(of: graph))
    try checkThreeForms(graph, randomInputs(of: graph))
  }

  /// A result that stays float, or operands of which one is float: no integers compute that.
  @Test func aProductIsIntegerOnlyOnAllSides() throws {
    for isQuantized in [true, false] {
      var f = Fixture()
      let x = f.builder.input("x", TensorType(.int8, [2, 3, 4], quantization: input))
      let z = f.builder.input("z", TensorType(.int8, [2, 4, 5], quantization: output))
      let right =
        isQuantized
        ? try f.apply(Dequantize(), z) : f.builder.input("r", TensorType(.float32, [2, 4, 5]))
      let product = try f.apply(MatMul(), f.apply(Dequantize(), x), right)
      let y =
        isQuantized ? product : try f.builder.apply(Quantize(), [product], quantization: output)
      let graph = try rewrite(f.finish(y), by: .quantizationFusion)
      let matMul = try #require(graph.nodes.first { $0.operation is MatMul })
      #expect(graph.type(of: matMul.outputs[0]).dtype == .float32)
    }
  }

  /// 33,026 products of differences of 255 do not fit 32 bits; the model stays as it says.
  @Test func aProductThatMightOverflowStaysFloat() throws {
    let unsigned = QuantizationParameters(scale: 0.02, zeroPoint: -128)
    for (depth, isInteger) in [(33025, true), (33026, false)] {
      var f = Fixture()
      let x = f.builder.input("x", TensorType(.int8, [1, 1, depth], quantization: unsigned))
      let z = f.builder.input("z", TensorType(.int8, [1, depth, 1], quantization: unsigned))
      let product = try f.apply(MatMul(), f.apply(Dequantize(), x), f.apply(Dequantize(), z))
      let y = try f.builder.apply(Quantize(), [product], quantization: output)
      let graph = try Pass.quantizationFusion.run(f.finish(y))
      #expect((graph.operatorNames == ["MatMul"]) == isInteger)
    }
  }

  @Test func partsOfAConcatenationTakeItsScale() throws {
    var f = Fixture()
    let x = f.builder.input("x", TensorType(.int8, [1, 4], quantization: input))
    let z = f.builder.input("z", TensorType(.int8, [1, 3], quantization: output))
    let joined = try f.apply(
      Concatenation(axis: 1), f.apply(Dequantize(), x), f.apply(Dequantize(), z))
    let y = try f.builder.apply(Quantize(), [joined], quantization: output)
    let graph = try rewrite(f.finish(y), by: .quantizationFusion)
    #expect(graph.operatorNames == ["Quantize", "Concatenation"])
  }

  @Test func floatWeightsOfIntegersAreComputedAtLast() throws {
    var f = Fixture()
    let x = f.input(2, 6)
    let y = try f.apply(FullyConnected(), x, int8Weights(&f, 3, 6))
    #expect(try rewrite(f.finish(y), by: .constantFolding).nodes.count == 2)
    let graph = try rewrite(f.finish(y), by: .constantDequantization, relative: roundedOnce)
    #expect(graph.operatorNames == ["FullyConnected"])
  }
}
