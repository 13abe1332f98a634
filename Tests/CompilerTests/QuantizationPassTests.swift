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
