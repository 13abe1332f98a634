// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct ResidualPassTests {
  private static let hidden = QuantizationParameters(scale: 0.05, zeroPoint: 11)
  private static let output = QuantizationParameters(scale: 0.07, zeroPoint: -6)

  /// The same bits as the two steps, in float and in int8, and one tensor less.
  @Test(arguments: [FloatClass.fma, .muladd], [DType.float32, .int8])
  func aResidualIsAddedInTheSameStep(_ floatClass: FloatClass, _ dtype: DType) throws {
    guard floatClass == .muladd || CPUFeatures.current.contains(.fma) else { return }
    let graph = try block(dtype)
    let fused = try rewrite(graph, by: .residualFusion)
    #expect(fused.operatorNames == ["Clamp", "ResidualLayer", "ResidualLayer", "Clamp"])
    var options = CompileOptions()
    options.floatClass = floatClass
    let programs = try [graph, fused].map { try lower($0, options: options) }
    #expect(programs[1].report.arenaBytes <= programs[0].report.arenaBytes)
    let inputs = randomInputs(of: graph)
    for instructionSet in testedInstructionSets {
      let outputs = try programs.map {
        try run(Program(copying: $0.bytes), inputs, instructionSet: instructionSet)
      }
      #expect(outputs[0] == outputs[1], "\(instructionSet.name)")
    }
  }

  /// A convolution and a pointwise one, each added to what it came from.
  private func block(_ dtype: DType) throws -> Graph {
    var f = Fixture()
    guard dtype == .int8 else {
      let x = try f.apply(Clamp(range: .relu6), f.input(1, 7, 9, 20))
      let wide = try f.convolution(x, channels: 20)
      let sum = try f.apply(Add(activation: .relu), wide, x)
      let pointwise = try f.apply(
        Convolution(activation: .relu6), sum, f.weights(20, 1, 1, 20), f.weights(20))
      return try f.finish(f.apply(Clamp(range: .reluN1To1), f.apply(Add(), sum, pointwise)))
    }
    let input = f.builder.input("x", .init(.int8, [1, 7, 9, 20], quantization: Self.hidden))
    let x = try f.builder.apply(Clamp(range: .relu6), [input], quantization: Self.hidden)
    func layer(_ x: Value, _ kernel: Int, _ layer: Convolution) throws -> Value {
      var generator = SeededGenerator(seed: UInt64(kernel))
      let weights = randomTensor(
        TensorType(
          .int8, [20, kernel, kernel, 20],
          quantization: QuantizationParameters(scale: 0.01, zeroPoint: 0)), in: -0.5...0.5,
        using: &generator)
      return try f.builder.apply(
        layer, [x, f.builder.constant(weights)], quantization: Self.hidden, name: "layer")
    }
    let around = Convolution(padding: Padding(top: 1, left: 1, bottom: 1, right: 1))
    let sum = try f.builder.apply(
      Add(activation: .relu), [layer(x, 3, around), x], quantization: Self.output)
    let last = try f.builder.apply(
      Add(), [sum, layer(sum, 1, Convolution(activation: .relu6))], quantization: Self.hidden)
    return try f.finish(
      f.builder.apply(Clamp(range: .reluN1To1), [last], quantization: Self.hidden))
  }

  @Test func broadcastsConstantsAndSharedResultsStay() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let a = try f.apply(Add(), f.convolution(x, channels: 3), f.weights(1, 4, 4, 3))
    let row = try f.apply(MaxPool(window: Extent2D(4, 4)), x)
    let b = try f.apply(Add(), f.convolution(x, channels: 3), row)
    let shared = try f.convolution(x, channels: 3)
    let c = try f.apply(Add(), shared, x)
    let d = try f.apply(Add(), shared, shared)
    // What no layer gives, of one input.
    let stored = try f.builder.apply(Quantize(), [x], quantization: Self.hidden)
    let e = try f.apply(Add(), f.apply(Dequantize(), stored), x)
    let graph = try rewrite(f.finish(a, b, c, d, e, shared), by: .residualFusion)
    #expect(!graph.operatorNames.contains("ResidualLayer"))
  }

  /// What an operator of one input gives is added by the addition.
  @Test func otherOperatorsStay() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let y = try f.apply(Add(), f.apply(Sigmoid(), x), f.apply(Tanh(), x))
    let graph = try rewrite(f.finish(y), by: .residualFusion)
    #expect(graph.operatorNames == ["Sigmoid", "Tanh", "Add"])
  }

  /// Of two layers that are added, the one that comes later adds.
  @Test func theLaterOfTwoLayersAdds() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let first = try f.convolution(x, channels: 5)
    let second = try f.apply(Convolution(), x, f.weights(5, 1, 1, 3))
    let graph = try rewrite(f.finish(f.apply(Add(), first, second)), by: .residualFusion)
    #expect(graph.operatorNames == ["Convolution", "ResidualLayer"])
    #expect(graph.type(of: graph.nodes[1].inputs[1]).shape == [5, 1, 1, 3])
  }
}
