// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct LoweringTests {
  private func contracts(_ graph: Graph) throws -> [String] {
    try compile(graph).report.steps.map(\.contract)
  }

  @Test func aNetworkWithResidualsMeansTheSameInAllForms() throws {
    var f = Fixture()
    let x = f.input(1, 9, 7, 3)
    let stem = try f.apply(Clamp(range: .relu6), f.convolution(x, channels: 20))
    let deep = try f.apply(
      DepthwiseConvolution(padding: Padding(top: 1, left: 1, bottom: 1, right: 1)), stem,
      f.weights(3, 3, 20), f.weights(20))
    let point = try f.apply(Convolution(), deep, f.weights(20, 1, 1, 20))
    let sum = try f.apply(Add(), stem, point)
    let pooled = try f.apply(AveragePool(window: Extent2D(9, 7)), sum)
    let flat = try f.apply(Reshape(shape: [1, 20]), pooled)
    let logits = try f.apply(FullyConnected(), flat, f.weights(10, 20), f.weights(10))
    let graph = try f.finish(f.apply(Softmax(), logits))
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(
      try contracts(graph) == [
        "f32_conv_clamp_fma", "f32_dwconv_clamp_fma", "f32_gemm_clamp_add_fma",
        "f32_avgpool_clamp", "f32_gemm_clamp_fma", "f32_softmax_fma",
      ])
  }

  @Test func reshapesTakeNoStep() throws {
    var f = Fixture()
    let x = try f.apply(Reshape(shape: [6, 4]), f.input(24))
    let y = try f.apply(Clamp(range: .relu), x)
    let z = try f.apply(Clamp(range: .relu6), f.apply(Reshape(shape: [2, 12]), y))
    let graph = try f.finish(f.apply(Reshape(shape: [3, 8]), z), y)
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(try contracts(graph) == ["f32_clamp", "f32_clamp"])
  }

  @Test func outputsThatNobodyWritesAreCopied() throws {
    var f = Fixture()
    let x = f.input(2, 3)
    let y = try f.apply(Clamp(range: .relu), x)
    let graph = try f.finish(
      x, f.apply(Reshape(shape: [6]), x), f.weights(5), y, y, f.apply(Reshape(shape: [6]), y))
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(try contracts(graph) == ["f32_clamp"] + [String](repeating: "xx_copy", count: 5))
  }

  @Test func anOutputThatIsReadInsideIsReadFromItsBuffer() throws {
    var f = Fixture()
    let x = f.input(1, 64)
    let a = try f.apply(Clamp(range: .relu), x)
    let graph = try f.finish(a, f.apply(Add(), a, x))
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(try compile(graph).report.arenaBytes == 0)
  }

  @Test func operandsOfAConcatenationAreWrittenInPlace() throws {
    var f = Fixture()
    let x = f.input(1, 3, 5)
    let a = try f.apply(Clamp(range: .relu), x)
    let b = try f.apply(Add(), x, x)
    let inner = try f.apply(Concatenation(axis: 0), a, b)
    let c = try f.apply(Multiply(), x, x)
    let joined = try f.apply(Concatenation(axis: -3), c, inner)
    let y = try f.apply(Add(), joined, f.weights(3, 3, 5))
    let graph = try f.finish(y)
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(!(try contracts(graph)).contains("xx_copy"))
  }

  @Test func operandsThatBelongElsewhereAreCopied() throws {
    var f = Fixture()
    let x = f.input(1, 6)
    let a = try f.apply(Clamp(range: .relu), x)
    let joined = try f.apply(Concatenation(axis: 1), a, x, a, f.weights(1, 2))
    let y = try f.apply(Add(), joined, joined)
    let graph = try f.finish(y)
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(try contracts(graph).filter { $0 == "xx_copy" }.count == 4)
  }

  @Test func aConcatenationOfInnerAxesIsCopied() throws {
    var f = Fixture()
    let x = f.input(2, 6)
    let joined = try f.apply(
      Concatenation(axis: 1), f.apply(Clamp(range: .relu), x), f.apply(Add(), x, x))
    let graph = try f.finish(f.apply(Clamp(range: .relu6), joined), joined)
    try checkThreeForms(graph, randomInputs(of: graph))
    #expect(try contracts(graph).filter { $0 == "xx_copy" }.count == 2)
  }

  @Test func depthwiseConvolutionsRunInPlaceWhereThatLowersThePeak() throws {
    var f = Fixture()
    let x = try f.apply(Clamp(range: .relu), f.input(1, 16, 16, 40))
    let around = Padding(top: 1, left: 1, bottom: 1, right: 1)
    let y = try f.apply(DepthwiseConvolution(padding: around), x, f.weights(3, 3, 40))
    let graph = try f.finish(f.apply(AveragePool(window: Extent2D(16, 16)), y))
    var apart = CompileOptions()
    apart.inPlaceDepthwise = .never
    let programs = try [CompileOptions(), apart].map { try compile(graph, options: $0) }
    #expect(programs.map(\.report.arenaBytes) == [16 * 16 * 40 * 4, 2 * 16 * 16 * 40 * 4])
    #expect(programs[0].report.steps[1].contract == "f32_dwconv_inplace_clamp_fma")
    let inputs = randomInputs(of: graph)
    let outputs = try programs.map { try run(Program(copying: $0.bytes), inputs) }
    #expect(outputs[0] == outputs[1])
    try checkThreeForms(graph, inputs)
  }

  @Test func equalConstantsAreStoredOnce() throws {
    func constantsBytes(layers: Int) throws -> Int {
      var f = Fixture()
      let w = f.weights(64, 64)
      var x = f.input(1, 64)
      for _ in 0..<layers {
        let copy = try #require(f.builder.constant(w))
        x = try f.apply(FullyConnected(), x, f.builder.constant(copy))
      }
      return try compile(f.finish(x)).report.constantsBytes
    }
    #expect(try constantsBytes(layers: 3) == constantsBytes(layers: 1))
  }

  @Test func compilingTwiceGivesTheSameBytes() throws {
    func bytes() throws -> [UInt8] {
      var f = Fixture()
      let x = f.input(1, 8, 8, 4)
      let y = try f.convolution(f.convolution(x, channels: 8), channels: 8)
      return try compile(f.finish(y)).bytes
    }
    #expect(try bytes() == bytes())
  }

  @Test func largeStepsAreCutIntoChunks() throws {
    var f = Fixture()
    let large = try f.convolution(f.input(1, 100, 40, 16), channels: 32)
    let small = try f.apply(AveragePool(window: Extent2D(100, 40)), large)
    let program = try Program(copying: compile(f.finish(small)).bytes)
    // 100 rows of 184,320 multiply-accumulates, some 4 µs each: 20 chunks, as many for each of two
    // threads or of four.
    #expect(program.step(0).rows == 100)
    #expect(program.step(0).rowsPerChunk == 5)
    #expect(program.step(1).rowsPerChunk == program.step(1).rows)
  }

  @Test func chunksOfMatricesAreWorthACall() throws {
    var f = Fixture()
    // 500 rows of 4,096 multiply-accumulates, some 0.08 µs each: 20 chunks.
    let y = try f.apply(FullyConnected(), f.input(500, 64), f.weights(64, 64))
    let program = try Program(copying: compile(f.finish(y)).bytes)
    #expect(program.step(0).rowsPerChunk == 25)
  }
}
