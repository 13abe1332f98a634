// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import Operators
import TensorCore
import TestSupport
import Testing

/// Models from the wild, with what their own runtimes computed.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct RealModelTests {
  static let names = [
    "ad01_fp32_tflite", "ad01_int8_tflite", "efficientnet_lite0_fp32_onnx",
    "efficientnet_lite0_int8_qdq_onnx", "hello_world_fp32_tflite", "hello_world_int8_tflite",
    "ic01_resnet8_fp32_onnx", "ic01_resnet8_fp32_tflite", "ic01_resnet8_int8_tflite",
    "kws01_dscnn_fp32_tflite", "kws01_dscnn_int8_tflite", "mnist-8_onnx",
    "mnist_lstm_fp32_tflite", "mnist_lstm_int8_tflite", "mobilenet_v1_0.25_224_fp32_tflite",
    "vww01_mobilenetv1_025_fp32_onnx",
    "vww01_mobilenetv1_025_fp32_tflite", "vww01_mobilenetv1_025_int8_tflite",
  ]

  /// Of the largest output.
  ///
  /// The runtimes round float32 sums to 2⁻²⁴ in each of up to 100 layers; 2⁻¹⁶ leaves a factor
  /// of 2 over the sum of them all. Measured: at most 2.8e-6, mobilenet_v1.
  static let floatTolerance = 0x1p-16

  /// In steps of the output's scale.
  ///
  /// The runtimes' own kernels differ from each other where a sum falls next to a tie: ONNX Runtime
  /// with and without its graph optimisations by 2 steps on efficientnet_lite0. Measured: 2 there,
  /// 0 on all others.
  static let stepTolerance = 2.001

  @Test(arguments: names)
  func keepsItsPorts(name: String) throws {
    let golden = try Golden(name)
    let graph = try importModel(Assets.bytes(golden.modelPath))
    #expect(graph.inputs.map(\.name) == golden.inputs.map(\.name))
    for (port, input) in zip(graph.inputs, golden.inputs) {
      #expect(graph.type(of: port.value).shape == input.data.type.shape)
      #expect(graph.type(of: port.value).dtype == input.data.type.dtype)
    }
    #expect(graph.outputs.map(\.name) == golden.outputs.map(\.name))
    for (port, output) in zip(graph.outputs, golden.outputs) where output.flatStride == 1 {
      #expect(graph.type(of: port.value).shape == output.reference.type.shape)
      #expect(graph.type(of: port.value).dtype == output.reference.type.dtype)
    }
  }

  @Test(arguments: names)
  func meansWhatItsRuntimeComputes(name: String) throws {
    let golden = try Golden(name)
    let graph = try importModel(Assets.bytes(golden.modelPath))
    let results = graph.reference(golden.inputs.map(\.data))
    for (port, (result, output)) in zip(graph.outputs, zip(results, golden.outputs)) {
      let actual = stride(from: 0, to: result.values.count, by: output.flatStride).map {
        result.values[$0]
      }
      let distances = [output.reference, output.optimised].compactMap { $0 }.map { runtime in
        var type = runtime.type
        type.quantization = graph.type(of: port.value).quantization
        return distance(actual, ReferenceTensor(runtime.reinterpreted(as: type)).values)
      }
      let magnitude = actual.reduce(0) { max($0, abs($1)) }
      let tolerance =
        graph.step(of: port.value).map { Self.stepTolerance * $0 }
        ?? Self.floatTolerance * magnitude
      #expect(try #require(distances.min()) <= tolerance, "\(port.name) up to \(magnitude)")
    }
  }

  private func distance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

extension Graph {
  /// The scale of a quantised value, or of the one that it dequantises.
  fileprivate func step(of value: Value) -> Double? {
    if let quantization = type(of: value).quantization { return Double(quantization.scales[0]) }
    guard let producer = producer(of: value), nodes[producer].operation is Dequantize else {
      return nil
    }
    return step(of: nodes[producer].inputs[0])
  }
}
