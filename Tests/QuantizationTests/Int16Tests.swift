// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct Int16Tests {
  private func quantized(
    _ graph: Graph, _ change: (inout QuantizationOptions) -> Void
  ) throws -> QuantizedModel {
    var options = QuantizationOptions()
    options.effort = .low
    change(&options)
    return try quantize(
      graph, samples: CalibrationSamples(smallSamples(16, seed: 3)), options: options)
  }

  /// The dtypes that the nodes give, but for conversions.
  private func dtypes(_ graph: Graph) -> [DType] {
    graph.nodes.filter { !($0.operation is Quantize || $0.operation is Dequantize) }
      .map { graph.type(of: $0.outputs[0]).dtype }
  }

  @Test("with int16 activations every layer is in integers, and only weights are rounded coarsely")
  func everywhere() throws {
    let graph = try smallNetwork(seed: 3)
    let narrow = try quantized(graph) { _ in }
    let wide = try quantized(graph) { $0.activations = .int16 }
    let optimized = try optimize(wide.graph)
    #expect(dtypes(optimized).allSatisfy { $0 == .int16 })
    #expect(wide.int16Nodes == wide.integerNodes && narrow.int16Nodes.isEmpty)
    #expect(wide.outputNoise[0].decibels > narrow.outputNoise[0].decibels + 3)
    let program = try Program(copying: compile(wide.graph).bytes)
    var noise = Noise()
    for inputs in smallSamples(8, seed: 53) {
      let real = graph.reference(inputs)[0].values
      let result = try run(program, inputs)[0]
      noise.add(TensorData(result.type.shape, float32: real.map { Float($0) }), result)
    }
    #expect(noise.decibels > 25)
  }

  @Test("a layer in int16 among others in int8 has one conversion on each side")
  func oneLayer() throws {
    let graph = try smallNetwork(seed: 3)
    let layer = "depthwise"
    let mixed = try quantized(graph) { $0.int16Nodes = [layer] }
    #expect(mixed.int16Nodes == [layer])
    let optimized = try optimize(mixed.graph)
    #expect(dtypes(optimized).filter { $0 == .int16 }.count == 1)
    let conversions = optimized.nodes.filter { node in
      guard node.operation is Quantize else { return false }
      let from = optimized.type(of: node.inputs[0]).dtype
      let to = optimized.type(of: node.outputs[0]).dtype
      return from != .float32 && from != to
    }
    #expect(conversions.count == 2)
  }

  @Test("constants that int16 meets are int16 too, symmetric, and 0 has a scale")
  func scales() throws {
    let wide = QuantizationParameters(magnitude: 0)
    #expect(wide.scales == [1] && wide.zeroPoints == [0])
    #expect(QuantizationParameters(magnitude: 32767).scales == [1])
    #expect(QuantizationParameters(magnitude: 1e-44).scales == [1])
  }

  @Test("a node that is not there is named")
  func unknownNode() throws {
    #expect(throws: QuantizationError.unknownNode("nowhere")) {
      _ = try quantized(smallNetwork(seed: 3)) { $0.int16Nodes = ["nowhere"] }
    }
  }
}
