// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Importers
import TestSupport
import Testing

/// What the passes must leave of real models: their layers, and transposes only where an NCHW
/// image comes in.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage)) struct OptimizedModelTests {
  @Test(arguments: [
    (
      "classification/mnist-8.onnx",
      ["Convolution": 2, "FullyConnected": 1, "MaxPool": 2, "Reshape": 2]
    ),
    (
      "mlperf-tiny/ic01_resnet8_fp32.onnx",
      [
        "AveragePool": 1, "Convolution": 6, "FullyConnected": 1, "Reshape": 1,
        "ResidualLayer": 3, "Softmax": 1, "Transpose": 1,
      ]
    ),
    (
      "mlperf-tiny/vww01_mobilenetv1_025_fp32.onnx",
      [
        "AveragePool": 1, "Convolution": 14, "DepthwiseConvolution": 13, "FullyConnected": 1,
        "Reshape": 1, "Softmax": 1, "Transpose": 1,
      ]
    ),
    (
      "classification/efficientnet_lite0_fp32.onnx",
      [
        "AveragePool": 1, "Convolution": 24, "DepthwiseConvolution": 16, "FullyConnected": 1,
        "Reshape": 1, "ResidualLayer": 9, "Transpose": 1,
      ]
    ),
    (
      "classification/efficientnet_lite0_int8_qdq.onnx",
      [
        "AveragePool": 1, "Convolution": 24, "Dequantize": 1, "DepthwiseConvolution": 16,
        "FullyConnected": 1, "Quantize": 1, "Reshape": 1, "ResidualLayer": 9, "Transpose": 1,
      ]
    ),
  ])
  func onlyLayersRemain(model: String, expected: [String: Int]) throws {
    let graph = try optimize(importModel(Assets.bytes("models/\(model)")))
    let names = graph.nodes.map { Swift.type(of: $0.operation).name }
    #expect(Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +) == expected)
  }

  @Test func everyPassLeavesAVerifiedGraph() throws {
    for model in [
      "classification/efficientnet_lite0_int8_qdq.onnx", "segmentation/deeplabv3_257_fp32.tflite",
    ] {
      var failures: [String] = []
      _ = try optimize(importModel(Assets.bytes("models/\(model)"))) { pass, graph in
        do { try pass.verify(graph) } catch { failures.append("\(error)") }
      }
      #expect(failures.isEmpty)
    }
  }
}
