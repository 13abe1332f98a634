// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Importers
import Quantization
import TensorCore
import TestSupport
import Testing

/// What int8 saves, on trained networks.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct SizeTests {
  /// The program of a model with ports of a type, and how many output channels its layers have.
  private func program(
    _ graph: Graph, ports dtype: DType
  ) throws -> CompiledProgram {
    var options = CompileOptions()
    options.portType = dtype
    return try compile(graph, options: options)
  }

  @Test(
    "int8 takes at most 27 % of float32, and 16 bytes a channel and 4 KiB; the arena 27 %",
    arguments: [
      "mlperf-tiny/kws01_dscnn_fp32.tflite", "mlperf-tiny/ic01_resnet8_fp32.tflite",
      "mlperf-tiny/vww01_mobilenetv1_025_fp32.tflite", "mlperf-tiny/ad01_fp32.tflite",
      "classification/mobilenet_v1_0.25_224_fp32.tflite",
      "classification/efficientnet_lite0_fp32.onnx",
    ])
  func sizes(model: String) throws {
    let graph = try importModel(Assets.bytes("models/\(model)"))
    var random = SplitMix64(seed: 3)
    let inputs = graph.inputs.map { port in
      let shape = graph.type(of: port.value).shape
      return TensorData(
        shape,
        float32: (0..<shape.elementCount).map { _ in Float.random(in: -1...1, using: &random) })
    }
    var quantization = QuantizationOptions()
    quantization.effort = .low
    quantization.hasIntegerPorts = true
    let quantized = try quantize(
      graph, samples: CalibrationSamples([inputs]), options: quantization)

    let float = try program(graph, ports: .float32)
    let int8 = try program(quantized.graph, ports: .int8)
    let channels = try prepare(graph).layers.reduce(0) { $0 + $1.bias.count }
    let allowed = 0.27 * Double(float.bytes.count) + Double(16 * channels + 4096)
    #expect(Double(int8.bytes.count) <= allowed)
    #expect(Double(int8.report.arenaBytes) <= 0.27 * Double(float.report.arenaBytes))
  }
}
