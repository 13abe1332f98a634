// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Quantization
import TensorCore
import Testing

struct BiasCorrectionTests {
  @Test("outputs have the float layer's means, whatever was rounded")
  func means() throws {
    let graph = try denseGraph(
      weights: [0.7, -0.31, 0.05, 0.9], bias: [0.2, -1], inputs: 2, activation: .none)
    let layer = try #require(graph.layers.first)
    var quantized = QuantizedLayer(
      weights: QuantizedWeights(
        layer.weights, shape: layer.shape, axis: 0, scales: [0.1, 0.04]),
      bias: layer.bias)
    let (float, rounded) = ([0.5, 2.0], [0.6, 1.9])
    quantized.setBias(of: layer, float: [float], quantized: [rounded])
    let levels = quantized.weights.data.int8Values.map(Double.init)
    for channel in 0..<2 {
      let scale = Double(quantized.weights.scales[channel])
      var expected = Double(layer.bias[channel])
      var found = Double(quantized.bias[channel])
      for input in 0..<2 {
        let index = 2 * channel + input
        expected += Double(layer.weights[index]) * float[input]
        found += levels[index] * scale * rounded[input]
      }
      // The bias is a float32 of magnitude 2 at most.
      #expect(abs(found - expected) < 1e-6)
    }
  }

  /// The squared difference of the outputs' means, quantised and float, over the samples.
  private func shift(_ graph: Graph, _ samples: [[TensorData]], corrects: Bool) throws -> Double {
    var options = QuantizationOptions()
    options.effort = .low
    options.correctsBiases = corrects
    let quantized = try quantize(graph, samples: CalibrationSamples(samples), options: options)
    var sums = [Double](repeating: 0, count: 5)
    for inputs in samples {
      let (real, other) = (graph.reference(inputs)[0], quantized.graph.reference(inputs)[0])
      for channel in sums.indices { sums[channel] += other.values[channel] - real.values[channel] }
    }
    return sums.reduce(0) { $0 + $1 * $1 }
  }

  @Test("means of the outputs move towards the float model's")
  func network() throws {
    var (plain, corrected) = (0.0, 0.0)
    for seed: UInt64 in 1...4 {
      let graph = try smallNetwork(seed: seed)
      let samples = smallSamples(16, seed: seed)
      plain += try shift(graph, samples, corrects: false)
      corrected += try shift(graph, samples, corrects: true)
    }
    #expect(corrected < plain / 4)
  }
}
