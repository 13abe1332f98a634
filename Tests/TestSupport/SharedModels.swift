// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import Testing

/// A model of the shared assets with the outputs that its own runtime gave for it.
package struct SharedModel: Sendable {
  /// What agreeing with its own runtime means for a model.
  package enum Agreement: Sendable {
    /// Float outputs: the largest difference as a part of the largest magnitude.
    case close(Double)
    /// Quantised outputs: within the steps that rounding rules differ by.
    case steps
    /// Float outputs that are dequantised last: `steps` of that scale.
    case dequantizedSteps
    /// A map of classes: 99 % of the elements equal.
    case classMap
    /// Boxes, classes, scores and count of detections: the same ones, scores within 0.02.
    case detections
  }

  /// The folder of its inputs and outputs under `golden/`.
  package let name: String
  package let agreement: Agreement

  /// Multiply-accumulates of one run in millions, roughly: what running it costs a test.
  package let megaMACs: Int

  package init(_ name: String, _ agreement: Agreement, megaMACs: Int = 1) {
    self.name = name
    self.agreement = agreement
    self.megaMACs = megaMACs
  }

  /// Two summation orders of these networks stay well within 1e-4.
  package static let all: [SharedModel] = [
    SharedModel("ad01_fp32_tflite", .close(1e-4)),
    SharedModel("ad01_int8_tflite", .steps),
    SharedModel("aidreams260K_fp32_onnx", .close(1e-4), megaMACs: 24),
    SharedModel("coco_ssd_mobilenet_v1_1.0_uint8_tflite", .detections, megaMACs: 1200),
    SharedModel("deeplabv3_257_fp32_tflite", .close(1e-4), megaMACs: 726),
    SharedModel("deeplabv3_mnv2_dm05_513_uint8_tflite", .classMap, megaMACs: 870),
    SharedModel("efficientnet_lite0_fp32_onnx", .close(1e-4), megaMACs: 385),
    SharedModel("efficientnet_lite0_int8_qdq_onnx", .dequantizedSteps, megaMACs: 385),
    SharedModel("hello_world_fp32_tflite", .close(1e-4)),
    SharedModel("hello_world_int8_tflite", .steps),
    SharedModel("ic01_resnet8_fp32_onnx", .close(1e-4), megaMACs: 13),
    SharedModel("ic01_resnet8_fp32_tflite", .close(1e-4), megaMACs: 13),
    SharedModel("ic01_resnet8_int8_tflite", .steps, megaMACs: 13),
    SharedModel("kws01_dscnn_fp32_tflite", .close(1e-4), megaMACs: 3),
    // Its own runtime rounds activations to 8 bits on the fly, and its two kernel sets differ by
    // 1.7e-4 in that; here they stay float32. `HybridTests` holds 1e-4 of the nearer set.
    SharedModel("kws01_dscnn_hybrid_int8weights_tflite", .close(2e-4), megaMACs: 3),
    SharedModel("kws01_dscnn_int8_tflite", .steps, megaMACs: 3),
    // Its weights are stored as float16.
    SharedModel("minilm_l6_vocab4k_fp16w_onnx", .close(1e-3), megaMACs: 260),
    SharedModel("mnist-8_onnx", .close(1e-4)),
    SharedModel("mnist_lstm_fp32_tflite", .close(1e-4)),
    SharedModel("mnist_lstm_int8_tflite", .steps),
    SharedModel("mobilenet_v1_0.25_224_fp32_tflite", .close(1e-4), megaMACs: 41),
    SharedModel("mobilenet_v1_0.25_224_uint8_tflite", .steps, megaMACs: 41),
    SharedModel("vww01_mobilenetv1_025_fp32_onnx", .close(1e-4), megaMACs: 8),
    SharedModel("vww01_mobilenetv1_025_fp32_tflite", .close(1e-4), megaMACs: 8),
    SharedModel("vww01_mobilenetv1_025_int8_tflite", .steps, megaMACs: 8),
    SharedModel("yolox_nano_fp32_onnx", .close(1e-4), megaMACs: 540),
  ]

  /// The recorded inputs and outputs.
  package func golden() throws -> Golden { try Golden(name) }

  /// How far its forms may be apart in `checkThreeForms`.
  package var formTolerance: FormTolerance {
    switch agreement {
    case .close: FormTolerance()
    case .steps: FormTolerance(steps: 1)
    case .detections: .detections
    // Where two classes are as likely, a rounding decides.
    case .classMap: FormTolerance(unequalShare: 0.01)
    // The logits of the one model are int8 before they are dequantised; a step is 1/44 of the
    // largest of random images.
    case .dequantizedSteps: FormTolerance(relative: 1.0 / 40)
    }
  }
}

extension SharedModel: CustomTestStringConvertible {
  package var testDescription: String { name }
}

extension Golden {
  /// The model as imported, free dimensions taken from the recorded inputs.
  package func graph() throws -> Graph {
    let shapes = inputs.map { ($0.name, $0.data.type.shape) }
    return try importModel(
      Assets.bytes(modelPath),
      options: ImportOptions(inputShapes: Dictionary(shapes) { first, _ in first }))
  }

  /// The recorded inputs in the order of the graph's.
  package func inputs(of graph: Graph) throws -> [TensorData] {
    try graph.inputs.map { port in
      let input = try #require(inputs.first { $0.name == port.name })
      #expect(input.data.type.shape == graph.type(of: port.value).shape)
      return input.data
    }
  }
}
