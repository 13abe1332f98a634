// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

/// What becomes of each operator between two layers in integers.
struct IslandTests {
  /// An operator on images of 8 channels, the first two made by layers, the second's numbers four
  /// times as large.
  struct Case: CustomTestStringConvertible, Sendable {
    let operation: any Operator
    var inputCount = 1
    var constants: [TensorData] = []
    var testDescription: String { "\(type(of: operation).name) \(operation)" }
  }

  private static let ones = TensorData([8], float32: [Float](repeating: 1, count: 8))
  private static let rising = TensorData([8], float32: (0..<8).map { 0.1 * Float($0 + 1) })

  static let integers: [Case] = [
    Case(operation: SiLU()), Case(operation: GELU(form: .exact)), Case(operation: HardSwish()),
    Case(operation: Sigmoid()), Case(operation: Tanh()), Case(operation: Softmax()),
    Case(operation: Reduce(.mean, axes: 1...2)), Case(operation: Reduce(.maximum, axes: 2...2)),
    Case(operation: AveragePool(window: Extent2D(2, 2))),
    Case(operation: MaxPool(window: Extent2D(2, 2))),
    Case(operation: Resize(mode: .bilinear, coordinates: .halfPixel, height: 9, width: 5)),
    Case(operation: Concatenation(axis: -1), inputCount: 2), Case(operation: Add(), inputCount: 2),
    Case(operation: Subtract(), inputCount: 2), Case(operation: Multiply(), inputCount: 2),
    Case(operation: Maximum(), inputCount: 2), Case(operation: Minimum(), inputCount: 2),
    Case(operation: Multiply(), constants: [rising]),
    Case(operation: Maximum(), constants: [rising]),
    // Becomes a product.
    Case(operation: Divide(), constants: [rising]),
    Case(operation: Gather(axis: 1), constants: [TensorData([2], int64: [3, 0])]),
    Case(operation: Pad(before: [0, 1, 0, 0], after: [0, 0, 1, 0], value: 0.5)),
    Case(operation: PReLU(), constants: [TensorData([1], float32: [0.2])]),
  ]

  /// Without an integer kernel: the result depends on sums of squares, on quotients, or on a slope
  /// for each channel.
  static let floats: [Case] = [
    Case(operation: LayerNormalization(epsilon: 1e-5), constants: [ones, rising]),
    Case(operation: RMSNormalization(epsilon: 1e-5), constants: [ones]),
    Case(operation: Reduce(.sumOfSquares, axes: 1...2)),
    Case(operation: PReLU(), constants: [rising]),
  ]

  @Test("operators in integers", arguments: integers)
  func integer(_ test: Case) throws {
    #expect(try dtype(test) == .int8)
  }

  @Test("operators that are islands of float", arguments: floats)
  func float(_ test: Case) throws {
    #expect(try dtype(test) == .float32)
  }

  /// The dtype that the operator gives once the network is quantised.
  private func dtype(_ test: Case) throws -> DType {
    var random = SplitMix64(seed: 4)
    var builder = GraphBuilder()
    func layer(
      _ x: Value, channels: Int, magnitude: Float, _ name: String
    ) throws -> Value {
      let depth = builder.type(of: x).shape[-1]
      let weights = (0..<channels * depth).map { _ in
        Float.random(in: -magnitude...magnitude, using: &random)
      }
      return try builder.apply(
        Convolution(),
        [x, builder.constant(TensorData([channels, 1, 1, depth], float32: weights))], name: name)
    }
    let x = builder.input("x", TensorType(.float32, [1, 4, 4, 3]))
    var inputs: [Value] = []
    for index in 0..<test.inputCount {
      inputs.append(
        try layer(x, channels: 8, magnitude: Float(1 + 3 * index), "layer \(index)"))
    }
    inputs += test.constants.map { builder.constant($0) }
    let y = try builder.apply(test.operation, inputs, name: "node")
    builder.output("y", try layer(y, channels: 5, magnitude: 1, "last"))
    let samples = (0..<4).map { _ in
      [
        TensorData(
          [1, 4, 4, 3], float32: (0..<48).map { _ in .random(in: -1...1, using: &random) })
      ]
    }
    var options = QuantizationOptions()
    options.effort = .low
    let quantized = try quantize(
      builder.finish(), samples: CalibrationSamples(samples), options: options)
    let graph = try optimize(quantized.graph)
    let node = try #require(
      graph.nodes.last {
        $0.name == "node" && !($0.operation is Quantize || $0.operation is Dequantize)
      })
    return graph.type(of: node.outputs[0]).dtype
  }
}
