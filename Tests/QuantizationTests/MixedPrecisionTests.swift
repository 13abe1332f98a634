// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct MixedPrecisionTests {
  /// The small network with one layer spoiled: a depthwise layer whose input was made too wide for
  /// one scale by a channel that hardly matters afterwards.
  private func spoiledNetwork() throws -> Graph {
    let graph = try prepare(smallNetwork(seed: 4))
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.name == "expand" || node.name == "depthwise",
        let weights = graph.constant(node.inputs[1]), let bias = graph.constant(node.inputs[2])
      else { return nil }
      var (values, offsets) = (weights.float32Values, bias.float32Values)
      let isExpansion = node.name == "expand"
      // Channel 0 of 24 is 400 times as large, and read with a weight so much smaller.
      let indices =
        isExpansion ? Array(0..<8) : stride(from: 0, to: values.count, by: 24).map { $0 }
      for index in indices { values[index] *= isExpansion ? 400 : 1.0 / 400 }
      if isExpansion { offsets[0] *= 400 }
      let operation: any Operator =
        isExpansion ? Convolution() : node.operation
      let constants = [
        builder.constant(TensorData(weights.type.shape, float32: values)),
        builder.constant(TensorData(bias.type.shape, float32: offsets)),
      ]
      return try builder.add(operation, [inputs[0]] + constants, name: node.name)
    }
  }

  @Test("the layers that make the noise stay float, no more than are needed")
  func fewest() throws {
    let graph = try spoiledNetwork()
    let samples = CalibrationSamples(smallSamples(8, seed: 4))
    var options = QuantizationOptions()
    options.effort = .low
    options.equalizes = false
    let plain = try quantize(graph, samples: samples, options: options)
    #expect(plain.keptLayers.isEmpty)
    let target = plain.outputNoise[0].decibels + 4
    options.minimumDecibels = target
    let mixed = try quantize(graph, samples: samples, options: options)
    #expect(mixed.outputNoise[0].decibels >= target)
    #expect((1...3).contains(mixed.keptLayers.count))
    #expect(["expand", "depthwise"].contains(mixed.keptLayers.first?.name))
    let optimized = try optimize(mixed.graph)
    for layer in mixed.keptLayers {
      let node = try #require(optimized.nodes.first { $0.name == layer.name })
      #expect(optimized.type(of: node.outputs[0]).dtype == .float32)
    }
  }

  @Test("what no set of layers reaches leaves all of them float")
  func unreachable() throws {
    var options = QuantizationOptions()
    options.effort = .low
    options.minimumDecibels = 400
    let graph = try smallNetwork(seed: 4)
    let samples = CalibrationSamples(smallSamples(2, seed: 4))
    let model = try quantize(graph, samples: samples, options: options)
    #expect(model.keptLayers.count == 7)
  }
}
