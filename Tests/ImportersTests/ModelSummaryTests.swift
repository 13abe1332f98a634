// SPDX-License-Identifier: Apache-2.0
import Importers
import TensorCore
import Testing

struct ModelSummaryTests {
  @Test func summarizesONNX() throws {
    let summary = try ModelSummary(ModelFiles.fixture("classifier.onnx"))
    #expect(summary.format == .onnx)
    #expect(summary.producer == "fixture 1")
    #expect(summary.version == 13)
    #expect(summary.inputs.map(\.name) == ["image"])
    #expect(summary.inputs[0].dtype == "float32")
    #expect(summary.inputs[0].shapeDescription == "batchx2x6x6")
    #expect(summary.outputs.map(\.name) == ["probabilities"])
    #expect(summary.outputs.map(\.shapeDescription) == ["batchx3"])
    #expect(summary.operators.count == 11)
    #expect(summary.unsupportedOperators.isEmpty)
    #expect(summary.obstacle == nil)
    // 4·2·3·3 + 5·4 of convolution and batch normalization, 3·4 + 3 of the classifier.
    #expect(summary.parameterCount == 107)
    #expect(summary.parameterByteCount == 428)
  }

  @Test func summarizesTFLite() throws {
    let summary = try ModelSummary(ModelFiles.fixture("classifier_int8.tflite"))
    #expect(summary.format == .tflite)
    #expect(summary.producer == "fixture")
    #expect(summary.version == 3)
    #expect(summary.inputs[0].dtype == "int8")
    #expect(summary.inputs[0].quantization == QuantizationParameters(scale: 0.02, zeroPoint: -3))
    #expect(
      summary.operators.map(\.operatorName) == [
        "AVERAGE_POOL_2D", "CONV_2D", "FULLY_CONNECTED", "RESHAPE", "SOFTMAX",
      ])
    // 3·3·3·2 + 4·3 weights of one byte, 3 + 4 biases of four.
    #expect(summary.parameterCount == 73)
    #expect(summary.parameterByteCount == 94)
  }

  @Test func toleratesUnsupportedOperators() throws {
    let summary = try ModelSummary(ModelFiles.hostile("unsupported_operators.onnx"))
    #expect(
      summary.unsupportedOperators.map(\.operatorName) == [
        "Frobnicate", "com.example::Relu", "Loop",
      ])
    #expect(summary.operators.first == .init(operatorName: "Frobnicate", count: 2))
  }

  @Test(arguments: [
    "two_subgraphs.tflite", "external_data.onnx", "future_opset.onnx",
  ])
  func namesWhatStandsInTheWay(name: String) throws {
    let bytes = try ModelFiles.hostile(name)
    #expect(try ModelSummary(bytes).obstacle == importError(bytes))
  }
}
