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
  @Test(arguments: [true, false], [true, false])
  func roundedRowsAreRecognised(hasBias: Bool, isReshaped: Bool) throws {
    var f = Fixture()
    var x = f.input(2, 3, 24)
    if isReshaped { x = try f.apply(Reshape(shape: [6, 24]), x) }
    func scalar(_ value: Float) -> Value {
      f.builder.constant(TensorData([], float32: [value]))
    }
    let limit = scalar(127)
    let magnitudes = try f.apply(
      Reduce(.maximum, axes: isReshaped ? 1...1 : 2...2), try f.apply(Absolute(), x))
    let least = scalar(127 * Float.leastNormalMagnitude)
    let factors = try f.apply(Divide(), limit, try f.apply(Maximum(), magnitudes, least))
    let levels = try f.apply(Round(), try f.apply(Multiply(), x, factors))
    let w = try weights([20, 24], levels: -127...127, &f.builder)
    let product = try f.apply(FullyConnected(), levels, w)
    var y = try f.apply(Multiply(), product, try f.apply(Divide(), magnitudes, limit))
    if hasBias { y = try f.apply(Add(), y, f.weights(20)) }
    let graph = try f.finish(try f.apply(Clamp(range: .relu), y))
    let optimized = try optimize(graph)
    let names = (isReshaped ? ["Reshape"] : []) + ["DynamicFullyConnected"]
    try #require(optimized.operatorNames == names)
    let inputs = randomInputs(of: graph)
    let rows = inputs[0].float32Values.chunked(by: 24)
    #expect(rows.allSatisfy { !hasTies($0) })
    // Levels are the same then; a row's step is rounded to float32, 127 of them its magnitude.
    let layer = try #require(optimized.nodes.last)
    let weights = try ReferenceTensor(#require(optimized.constant(layer.inputs[1])))
    let sums = weights.values.chunked(by: 24).map { $0.reduce(0) { $0 + abs($1) } }
    let (before, after) = (graph.reference(inputs)[0], optimized.reference(inputs)[0])
    for (index, (one, other)) in zip(before.values, after.values).enumerated() {
      let magnitude = rows[index / 20].reduce(0) { max($0, abs(Double($1))) } * sums[index % 20]
      #expect(abs(one - other) <= 0x1p-24 * magnitude * (1 + 0x1p-20))
    }
  }

  /// Whether float32 and `Double` may round an element of a row to different levels: to 127 steps,
  /// by factors and products each rounded to float32.
  private func hasTies(_ row: [Float]) -> Bool {
    let greatest = row.reduce(0) { max($0, abs(Double($1))) }
    return row.contains { value in
      let steps = Double(value) * 127 / greatest
      return abs(abs(steps - steps.rounded()) - 0.5) <= 127 * 0x1p-23
    }
  }
}

extension Array {
  fileprivate func chunked(by count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map { Array(self[$0..<$0 + count]) }
  }
}
