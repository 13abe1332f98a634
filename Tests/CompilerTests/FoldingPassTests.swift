// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct FoldingPassTests {
  @Test func deadCodeDropsWhatNoOutputNeeds() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    _ = try f.apply(Clamp(range: .relu), x)
    let kept = try f.apply(Clamp(range: .relu6), x)
    let graph = try rewrite(f.finish(kept), by: .deadCode)
    #expect(graph.operatorNames == ["Clamp"])
    #expect(graph.inputs.map(\.name) == ["x"])
  }

  @Test func constantsAreComputed() throws {
    var f = Fixture()
    let x = f.input(2, 6)
    let w = try f.apply(Transpose(permutation: [1, 0]), f.weights(6, 4))
    let bias = try f.apply(Add(), f.weights(4), f.weights(4))
    let y = try f.apply(FullyConnected(), x, w, bias)
    let graph = try rewrite(f.finish(y), by: .constantFolding, relative: roundedOnce)
    #expect(graph.operatorNames == ["FullyConnected"])
  }

  @Test func quantizedConstantsKeepTheirStoredValues() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [3, 4]))
    let scales = QuantizationParameters(
      axis: 0, scales: [0.1, 0.02, 0.003], zeroPoints: [0, 0, 0])
    let stored = TensorData(
      [3, 4], int8: (0..<12).map { Int8($0 * 21 - 127) }, quantization: scales)
    let turned = try builder.apply(
      Transpose(permutation: [1, 0]), [builder.constant(stored)], quantization: nil)
    builder.output("w", turned)
    builder.output("y", x)
    let graph = try Pass.constantFolding.run(builder.finish())
    let folded = try #require(graph.constant(graph.outputs[0].value))
    let expected = (0..<4).flatMap { c in (0..<3).map { r in stored.int8Values[r * 4 + c] } }
    #expect(folded.int8Values == expected)
    #expect(folded.type.quantization?.granularity == .perChannel(axis: 1))
  }

  @Test func divisionsByPowersOfTwoBecomeProducts() throws {
    for (divisors, isReplaced) in [([Float](arrayLiteral: 8, -0.25, 1), true), ([8, 3, 1], false)] {
      var f = Fixture()
      let x = f.input(2, 3)
      let divisor = f.builder.constant(TensorData([3], float32: divisors))
      let y = try f.apply(Divide(activation: .relu6), x, divisor)
      let graph = try rewrite(f.finish(y), by: .divisionFolding)
      #expect(graph.operatorNames == [isReplaced ? "Multiply" : "Divide"])
    }
  }

  @Test func batchNormalizationFoldsIntoEachLayer() throws {
    for kind in 0..<3 {
      var f = Fixture()
      let x = f.input(1, 5, 5, 4)
      let layer =
        switch kind {
        case 0: try f.convolution(x, channels: 6)
        case 1: try f.apply(DepthwiseConvolution(), x, f.weights(3, 3, 4))
        default: try f.apply(FullyConnected(), x, f.weights(6, 4))
        }
      let channels = f.builder.type(of: layer).shape[-1]
      let y = try f.apply(
        BatchNormalization(epsilon: 1e-3), layer, f.weights(channels), f.weights(channels),
        f.weights(channels), f.weights(channels, in: 0.1...2))
      let graph = try rewrite(f.finish(y), by: .batchNormalizationFolding, relative: roundedOnce)
      #expect(graph.nodes.count == 1)
      #expect(graph.nodes[0].inputs.count == 3)
    }
  }

  @Test func batchNormalizationStaysBehindASharedOrClampedLayer() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 2)
    let shared = try f.convolution(x, channels: 2)
    let y = try f.apply(
      BatchNormalization(), shared, f.weights(2), f.weights(2), f.weights(2),
      f.weights(2, in: 0.5...1))
    let graph = try rewrite(f.finish(y, shared), by: .batchNormalizationFolding)
    #expect(graph.operatorNames == ["Convolution", "BatchNormalization"])
  }

  @Test(arguments: [[8], [1, 1, 8], [1, 1, 1, 8], [1]])
  func addedConstantsBecomeBias(shape: [Int]) throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let layer = try f.convolution(x, channels: 8, hasBias: shape.count == 1)
    var generator = SeededGenerator(seed: 3)
    let offsets = f.builder.constant(
      randomTensor(TensorType(.float32, Shape(shape)), using: &generator))
    let y = try f.apply(Add(activation: .relu), offsets, layer)
    let graph = try rewrite(f.finish(y), by: .biasFusion, relative: roundedOnce)
    #expect(graph.operatorNames == ["Convolution"])
    #expect((graph.nodes[0].operation as? Convolution)?.activation == .relu)
  }

  @Test func anAddOfAWholeImageStays() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let y = try f.apply(Add(), f.convolution(x, channels: 8), f.weights(4, 4, 8))
    let graph = try rewrite(f.finish(y), by: .biasFusion)
    #expect(graph.operatorNames == ["Convolution", "Add"])
  }

  @Test func clampsMoveIntoTheirProducer() throws {
    var f = Fixture()
    let x = f.input(1, 4, 4, 3)
    let a = try f.apply(Clamp(range: .relu6), f.convolution(x, channels: 4))
    let b = try f.apply(Clamp(range: .relu), f.apply(Add(), a, a))
    let graph = try rewrite(f.finish(b), by: .activationFusion)
    #expect(graph.operatorNames == ["Convolution", "Add"])
  }

  @Test func quantizedClampsMoveOnlyWithoutARounding() throws {
    for outputScale: Float in [0.05, 0.04] {
      var builder = GraphBuilder()
      let quantization = QuantizationParameters(scale: 0.05, zeroPoint: 3)
      let x = builder.input("x", TensorType(.int8, [1, 6], quantization: quantization))
      let sum = try builder.apply(Add(), [x, x], quantization: quantization)
      let y = try builder.apply(
        Clamp(range: .relu), [sum],
        quantization: QuantizationParameters(scale: outputScale, zeroPoint: 3))
      builder.output("y", y)
      let graph = try rewrite(builder.finish(), by: .activationFusion)
      #expect(graph.nodes.count == (outputScale == 0.05 ? 1 : 2))
    }
  }
}
