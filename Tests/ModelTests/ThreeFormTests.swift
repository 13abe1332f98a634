// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import TestSupport
import Testing

/// Real models as imported, as optimised and as programs, on random inputs.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage)) struct ThreeFormTests {
  @Test(arguments: [
    "toy/hello_world_fp32.tflite", "mlperf-tiny/ad01_fp32.tflite",
    "mlperf-tiny/ic01_resnet8_fp32.onnx", "mlperf-tiny/ic01_resnet8_fp32.tflite",
    "mlperf-tiny/kws01_dscnn_fp32.tflite",
    "mlperf-tiny/kws01_dscnn_hybrid_int8weights.tflite",
    "mlperf-tiny/vww01_mobilenetv1_025_fp32.onnx",
    "mlperf-tiny/vww01_mobilenetv1_025_fp32.tflite", "classification/mnist-8.onnx",
    "classification/efficientnet_lite0_fp32.onnx",
    "classification/mobilenet_v1_0.25_224_fp32.tflite", "segmentation/deeplabv3_257_fp32.tflite",
  ])
  func floatModels(model: String) throws {
    let graph = try importModel(Assets.bytes("models/\(model)"))
    try checkThreeForms(graph, randomInputs(of: graph, in: 0...1))
  }

  @Test(arguments: [
    "toy/hello_world_int8.tflite", "mlperf-tiny/ad01_int8.tflite",
    "mlperf-tiny/ic01_resnet8_int8.tflite", "mlperf-tiny/kws01_dscnn_int8.tflite",
    "mlperf-tiny/vww01_mobilenetv1_025_int8.tflite",
  ])
  func quantizedModels(model: String) throws {
    let graph = try importModel(Assets.bytes("models/\(model)"))
    try checkThreeForms(graph, randomInputs(of: graph, in: -2...2), tolerance: .init(steps: 1))
  }

  @Test func aModelOfQuantizationPairs() throws {
    let graph = try importModel(
      Assets.bytes("models/classification/efficientnet_lite0_int8_qdq.onnx"))
    // Its logits are int8 before they are dequantised; one step is 1/44 of the largest.
    try checkThreeForms(
      graph, randomInputs(of: graph, in: 0...1), tolerance: .init(relative: 1.0 / 40))
  }
}
