// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct AccumulatorUnitsTests {
  /// A dense layer with one channel whose weights are next to nothing beside its bias.
  private func layer(bias: [Int32], weightsZeroPoint: Int32) throws -> Graph {
    var generator = SeededGenerator(seed: 5)
    var builder = GraphBuilder()
    let x = builder.input(
      "x",
      TensorType(.int8, [4, 600], quantization: QuantizationParameters(scale: 0.02, zeroPoint: -7)))
    let scales: [Float] = [0.01, 3e-9]
    let perChannel = QuantizationParameters(
      axis: 0, scales: scales, zeroPoints: [weightsZeroPoint, weightsZeroPoint])
    let weights = TensorType(.int8, [2, 600], quantization: perChannel)
    let products = QuantizationParameters(
      axis: 0, scales: scales.map { $0 * 0.02 }, zeroPoints: [0, 0])
    let y = try builder.apply(
      FullyConnected(),
      [
        x, builder.constant(randomTensor(weights, in: -1...1, using: &generator)),
        builder.constant(TensorData([2], int32: bias, quantization: products)),
      ], quantization: QuantizationParameters(scale: 0.002, zeroPoint: -60))
    builder.output("y", y)
    return builder.finish()
  }

  @Test(arguments: [Int32.max, 2_140_000_000, .min, 1_000_000], [0, -128, 97])
  func aHugeBiasKeepsItsChannelRight(bias: Int32, weightsZeroPoint: Int32) throws {
    let graph = try layer(bias: [500, bias], weightsZeroPoint: weightsZeroPoint)
    try checkThreeForms(graph, randomInputs(of: graph, in: -2...2))
  }
}
