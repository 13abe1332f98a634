// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Weights of float products that stay the integers they are.
@Suite struct StoredWeightPassTests {
  /// Random int8 weights behind a dequantisation.
  private func weights(
    _ shape: Shape, _ quantization: QuantizationParameters? = nil, levels: ClosedRange<Int8>,
    _ builder: inout GraphBuilder
  ) throws -> Value {
    var random = SeededGenerator(seed: 3)
    let channels = shape[0]
    let parameters =
      quantization
      ?? QuantizationParameters(
        axis: 0, scales: (0..<channels).map { 0.003 + 0.001 * Float($0) },
        zeroPoints: [Int32](repeating: 0, count: channels))
    let values = (0..<shape.elementCount).map { _ in Int8.random(in: levels, using: &random) }
    return try builder.apply(
      Dequantize(), [builder.constant(TensorData(shape, int8: values, quantization: parameters))])
  }

  /// A layer on a random image, with a bias and a clamp.
  private func graph(
    _ operation: some Operator, _ shape: Shape, _ quantization: QuantizationParameters? = nil,
    levels: ClosedRange<Int8> = -127...127
  ) throws -> Graph {
    var f = Fixture()
    let x = f.input(1, 5, 5, shape[-1])
    let w = try weights(shape, quantization, levels: levels, &f.builder)
    let y = try f.apply(operation, x, w, f.weights(shape[0]))
    return try f.finish(try f.apply(Clamp(range: .relu), y))
  }

  private static func blocks(_ count: Int, size: Int = 32) -> QuantizationParameters {
    QuantizationParameters(
      axis: 1, blockSize: size, scales: (0..<count).map { 0.02 + 0.01 * Float($0 % 7) })
  }

  private func compiled(
    _ graph: Graph, expands: Bool
  ) throws -> (contracts: Set<String>, output: [UInt8]) {
    var options = CompileOptions()
    options.expandsWeights = expands
    let compiled = try compile(graph, options: options)
    let program = try Program(copying: compiled.bytes)
    let output = try run(program, randomInputs(of: graph))[0].bytes
    return (Set(compiled.report.steps.map(\.contract)), output)
  }

  /// Expects a step of a contract, and of float32 when weights are expanded: with the same bits.
  private func expect(_ graph: Graph, _ contract: String) throws {
    let stored = try compiled(graph, expands: false)
    let expanded = try compiled(graph, expands: true)
    #expect(stored.contracts == [contract])
    #expect(expanded.contracts == ["f32_gemm_clamp_fma"])
    #expect(stored.output == expanded.output)
  }

  @Test func denseLayersReadInt8() throws {
    try expect(graph(FullyConnected(), [19, 8]), "f32_w8_gemm_fma")
  }

  @Test func pointwiseConvolutionsReadInt8() throws {
    try expect(graph(Convolution(), [19, 1, 1, 8]), "f32_w8_gemm_fma")
  }

  @Test(arguments: [32, 64]) func blocksAreReadAsInt4(size: Int) throws {
    let count = 19 * ((70 + size - 1) / size)
    try expect(
      graph(FullyConnected(), [19, 70], Self.blocks(count, size: size), levels: -8...7),
      "f32_w4_gemm_fma")
  }

  @Test func levelsOf4BitsTake4() throws {
    try expect(graph(FullyConnected(), [19, 70], levels: -8...7), "f32_w4_gemm_fma")
  }

  @Test func othersBecomeFloats() throws {
    let shifted = QuantizationParameters(
      axis: 0, scales: [Float](repeating: 0.01, count: 19),
      zeroPoints: [Int32](repeating: 3, count: 19))
    let graphs = try [
      graph(Convolution(), [19, 3, 3, 8]),
      graph(Convolution(stride: Extent2D(2, 2)), [19, 1, 1, 8]),
      graph(FullyConnected(), [19, 8], shifted),
      graph(FullyConnected(), [19, 40], Self.blocks(19 * 3, size: 16), levels: -8...7),
      graph(FullyConnected(), [19, 40], Self.blocks(19 * 2), levels: -9...7),
    ]
    for graph in graphs {
      let optimized = try optimize(graph)
      #expect(optimized.constant(optimized.nodes[0].inputs[1])?.type.dtype == .float32)
    }
  }

  @Test func aBiasIsFusedAndAResidualIsNot() throws {
    var f = Fixture()
    let x = f.input(3, 40)
    let w = try weights([40, 40], levels: -127...127, &f.builder)
    let product = try f.apply(FullyConnected(), x, w)
    let y = try f.apply(Add(), try f.apply(Add(), product, f.weights(40)), x)
    let graph = try optimize(try f.finish(y))
    #expect(graph.operatorNames == ["FullyConnected", "Add"])
    #expect(graph.nodes[0].inputs.count == 3)
    #expect(graph.type(of: graph.nodes[0].inputs[1]).dtype == .int8)
  }

  /// What an exported model has: weights the other way round, and an NCHW image.
  @Test(arguments: [32, 64]) func scalesMoveWithTheirWeights(size: Int) throws {
    var random = SeededGenerator(seed: 5)
    let parameters = Self.blocks(19 * ((70 + size - 1) / size), size: size)
    let levels = (0..<19 * 70).map { _ in Int8.random(in: -8...7, using: &random) }
    let stored = TensorData([19, 70], int8: levels, quantization: parameters)
    var f = Fixture()
    let turned = try f.apply(Transpose(permutation: [1, 0]), f.builder.constant(stored))
    let reals = try f.apply(Dequantize(), turned)
    let back = try f.apply(Transpose(permutation: [1, 0]), reals)
    let y = try f.apply(FullyConnected(), f.input(2, 70), back)
    let graph = try optimize(try f.finish(y))
    #expect(graph.operatorNames == ["FullyConnected"])
    #expect(graph.constant(graph.nodes[0].inputs[1]) == stored)
  }

  /// Rows that are rounded as they come, as the exporter spells them.
  @Test(arguments: [true, false]) func roundedRowsAreRecognised(hasBias: Bool) throws {
    var f = Fixture()
    let x = f.input(2, 3, 24)
    func scalar(_ value: Float) -> Value {
      f.builder.constant(TensorData([], float32: [value]))
    }
    let limit = scalar(127)
    let magnitudes = try f.apply(Reduce(.maximum, axes: 2...2), try f.apply(Absolute(), x))
    let least = scalar(127 * Float.leastNormalMagnitude)
    let factors = try f.apply(Divide(), limit, try f.apply(Maximum(), magnitudes, least))
    let levels = try f.apply(Round(), try f.apply(Multiply(), x, factors))
    let product = try f.apply(
      FullyConnected(), levels, try weights([20, 24], levels: -127...127, &f.builder))
    var y = try f.apply(Multiply(), product, try f.apply(Divide(), magnitudes, limit))
    if hasBias { y = try f.apply(Add(), y, f.weights(20)) }
    let graph = try f.finish(try f.apply(Clamp(range: .relu), y))
    let optimized = try optimize(graph)
    #expect(optimized.operatorNames == ["DynamicFullyConnected"] + (hasBias ? [] : ["Clamp"]))
    let inputs = randomInputs(of: graph)
    let (before, after) = (graph.reference(inputs)[0], optimized.reference(inputs)[0])
    // Levels are those of float32; in `Double` none of these is near a tie.
    #expect(zip(before.values, after.values).allSatisfy { abs($0 - $1) <= 1e-5 })
  }
}
