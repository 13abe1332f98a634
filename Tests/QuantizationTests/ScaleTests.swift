// SPDX-License-Identifier: Apache-2.0
import Quantization
import TensorCore
import Testing

struct ScaleTests {
  @Test(
    "0 is a level and the range is held to within half a level",
    arguments: [-1.0...1, 0...6, -6 ... -2, 0.25...9, -1e-3...40, -3e38...3e38, 1e-30...1e-20])
  func activations(range: ClosedRange<Double>) {
    let parameters = QuantizationParameters(activations: range)
    let (scale, zeroPoint) = (Double(parameters.scales[0]), parameters.zeroPoints[0])
    #expect((-128...127).contains(zeroPoint))
    let held = parameters.int8Range
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    // The zero point is rounded by half a level, the scale by a part in 2²⁴ of 255 levels.
    #expect(held.lowerBound <= low + 0.51 * scale && held.upperBound >= high - 0.51 * scale)
  }

  @Test("the greatest weight of each channel is at 127, a silent channel at 0")
  func weights() {
    let shape = Shape([3, 2])
    let values: [Float] = [0.5, -1, 0, 0, Float.leastNonzeroMagnitude, 0]
    let magnitudes = channelMagnitudes(values, shape: shape, axis: 0)
    #expect(magnitudes == [1, 0, Float.leastNonzeroMagnitude])
    let weights = QuantizedWeights(
      values, shape: shape, axis: 0, scales: magnitudes.map { symmetricScale($0) ?? 1 })
    #expect(weights.levels == [64, -127, 0, 0, 0, 0])
    #expect(weights.scales.allSatisfy { $0.isNormal })
  }

  @Test("whether a bias fits is told from the scales")
  func fittingBias() throws {
    let graph = try denseGraph(weights: [1, 1], bias: [1, -1], inputs: 1, activation: .none)
    let layer = try #require(graph.layers.first)
    let quantized = QuantizedLayer(
      weights: QuantizedWeights(layer, inputScale: 1), bias: layer.bias)
    let limit = Float(127 / 0x1p31)
    #expect(quantized.biasFits(input: QuantizationParameters(scale: 1.01 * limit, zeroPoint: 0)))
    #expect(!quantized.biasFits(input: QuantizationParameters(scale: 0.99 * limit, zeroPoint: 0)))
  }

  @Test("a bias of more units than 32 bits hold makes its channel's unit larger")
  func hugeBias() throws {
    let graph = try denseGraph(
      weights: [1e-12, 2e-12, 0.5, 0.25], bias: [1, 0], inputs: 2, activation: .none)
    let layer = try #require(graph.layers.first)
    let weights = QuantizedWeights(layer, inputScale: 0.01)
    let quantized = QuantizedLayer(weights: weights, bias: layer.bias)
    let bias = quantized.biasData(input: QuantizationParameters(scale: 0.01, zeroPoint: 0))
    // The unit is a float32: off by a part in 2²⁴.
    #expect(bias.int32Values[0].magnitude <= (1 << 30) + (1 << 6))
    let unit = Double(weights.scales[0]) * 0.01
    #expect(abs(Double(bias.int32Values[0]) * unit - 1) < 1e-6)
    #expect(weights.scales[1] == Float(0.5 / 127))
  }
}
