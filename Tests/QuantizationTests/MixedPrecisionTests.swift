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

  private func options(decibels: Double? = nil) -> QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = .low
    options.equalizes = false
    options.goals.minimumDecibels = decibels
    return options
  }

  @Test("the layers that make the noise become more precise, no more than are needed")
  func fewest() throws {
    let graph = try spoiledNetwork()
    let samples = CalibrationSamples(smallSamples(8, seed: 4))
    let plain = try quantize(graph, samples: samples, options: options())
    #expect(plain.keptNodes.isEmpty)
    let target = plain.outputNoise[0].decibels + 4
    let mixed = try quantize(graph, samples: samples, options: options(decibels: target))
    #expect(mixed.outputNoise[0].decibels >= target)
    #expect((1...3).contains(mixed.keptNodes.count))
    #expect(mixed.keptNodes.contains { ["expand", "depthwise"].contains($0.name) })
    let optimized = try optimize(mixed.graph)
    for kept in mixed.keptNodes {
      let node = try #require(optimized.nodes.first { $0.name == kept.name })
      #expect(optimized.type(of: node.outputs[0]).dtype == kept.precision.dtype)
    }
  }

  @Test("what no mixture reaches leaves all of it float")
  func unreachable() throws {
    let model = try quantize(
      smallNetwork(seed: 4), samples: CalibrationSamples(smallSamples(2, seed: 4)),
      options: options(decibels: 400))
    #expect(model.integerNodes.isEmpty)
  }

  @Test("fewer answers change than may")
  func answers() throws {
    var options = options()
    options.goals.maximumDrop = 0.002
    let model = try quantize(
      spoiledNetwork(), samples: CalibrationSamples(smallSamples(8, seed: 4)), options: options)
    #expect(!model.keptNodes.isEmpty)
    #expect(try #require(model.assessment.changedAnswers) <= 0.002)
  }

  @Test("a limit on bytes is used, and kept")
  func limit() throws {
    let samples = CalibrationSamples(smallSamples(4, seed: 4))
    var options = options()
    options.goals.maximumBytes = .max
    let richest = try quantize(spoiledNetwork(), samples: samples, options: options)
    #expect(richest.integerNodes.isEmpty, "every rounding makes noise")
    let most = try #require(richest.assessment.programBytes)
    options.goals.maximumBytes = most - 500
    let limited = try quantize(spoiledNetwork(), samples: samples, options: options)
    #expect(try #require(limited.assessment.programBytes) <= most - 500)
    #expect(!limited.keptNodes.isEmpty && !limited.integerNodes.isEmpty)
  }
}
