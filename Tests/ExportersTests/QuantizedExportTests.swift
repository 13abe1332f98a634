// SPDX-License-Identifier: Apache-2.0
import Compiler
import DataFolders
import Engine
import Exporters
import Foundation
import Graph
import Importers
import Operators
import Quantization
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// Float models that we quantised, as other runtimes see them.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct QuantizedExportTests {
  enum Model: String, CaseIterable, CustomTestStringConvertible {
    case keywords = "kws01_dscnn_fp32_tflite"
    case digits = "mnist-8_onnx"
    case sequences = "mnist_lstm_fp32_tflite"
    case pictures = "efficientnet_lite0_fp32_onnx"

    var testDescription: String { rawValue }
  }

  /// A model in int8, and inputs that it was not calibrated on.
  private struct Case {
    let graph: Graph
    let inputs: [[TensorData]]

    init(_ model: Model, _ precision: Precision = .int8) throws {
      let float = try Golden(model.rawValue).graph().withoutCellClamps()
      let samples = try model.samples(for: float)
      let half = samples.count / 2
      var options = QuantizationOptions()
      options.effort = .low
      options.activations = precision
      graph = try quantize(
        float, samples: CalibrationSamples(Array(samples[..<half])), options: options
      ).graph
      inputs = Array(samples[half...])
    }
  }

  /// In deeper networks roundings that fall to either side of a tie add up, as they do between ONNX
  /// Runtime's own levels of optimisation; there `QuantizeCommandTests` compares layer by layer.
  @Test(
    "ONNX Runtime is at most one step of the last int8 value away",
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage),
    arguments: [Model.keywords, .digits, .sequences])
  func agreesInONNXRuntime(_ model: Model) throws {
    let test = try Case(model)
    let (graph, step) = try test.graph.endingInIntegers()
    let file = try exportONNX(graph)
    let program = try Program(copying: compile(graph).bytes)
    let runs = test.inputs.map { ONNXRun(model: file, inputs: $0) }
    for (inputs, result) in zip(test.inputs, try runInONNXRuntime(runs)) {
      let theirs = try result.get()[0].float32Values
      let ours = try run(program, inputs)[0].float32Values
      let distances = zip(ours, theirs).map { abs($0 - $1) / step }
      #expect(distances.count == ours.count && distances.max() ?? 0 < 1.01)
    }
  }

  /// A step is a 65,536th of a value's range: ONNX Runtime computes between them in float32, which
  /// is as fine.
  @Test(
    "ONNX Runtime is at most one step of the last int16 value away",
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
  func agreesInONNXRuntimeInInt16() throws {
    let test = try Case(.keywords, .int16)
    let (graph, step) = try test.graph.endingInIntegers()
    let file = try exportONNX(graph)
    let program = try Program(copying: compile(graph).bytes)
    let runs = test.inputs.map { ONNXRun(model: file, inputs: $0) }
    for (inputs, result) in zip(test.inputs, try runInONNXRuntime(runs)) {
      let theirs = try result.get()[0].float32Values
      let ours = try run(program, inputs)[0].float32Values
      let distances = zip(ours, theirs).map { abs($0 - $1) / step }
      #expect(distances.count == ours.count && distances.max() ?? 0 < 1.01)
    }
    let again = try Program(copying: compile(importModel(file)).bytes)
    for inputs in test.inputs {
      #expect(try run(again, inputs) == run(program, inputs))
    }
  }

  @Test("the exported file compiles to what the quantised model gives", arguments: Model.allCases)
  func isTheSameWhenImportedAgain(_ model: Model) throws {
    let test = try Case(model)
    let direct = try Program(copying: compile(test.graph).bytes)
    let again = try Program(copying: compile(importModel(exportONNX(test.graph))).bytes)
    for inputs in test.inputs {
      #expect(try run(again, inputs) == run(direct, inputs))
    }
  }
}

extension QuantizedExportTests.Model {
  /// A few inputs as they are meant.
  func samples(for graph: Graph) throws -> [[TensorData]] {
    switch self {
    case .keywords:
      return try Keywords(calibrating: true).spectra.prefix(16).map {
        [TensorData(Keywords.shape, float32: $0)]
      }
    case .digits, .sequences:
      // One digit at many places.
      let digit = try #require(try Golden(rawValue).inputs.first).data
      let values = digit.float32Values
      return (0..<16).map { shift in
        let start = shift * 29
        return [
          TensorData(digit.type.shape, float32: Array(values[start...] + values[..<start]))
        ]
      }
    case .pictures: return try pets(for: graph)
    }
  }

  private func pets(for graph: Graph) throws -> [[TensorData]] {
    try withTemporaryFolder { folder in
      try Pets.fill(folder, preprocess: Pets.efficientNet)
      let inputs = graph.inputs.map { InputPort(name: $0.name, type: graph.type(of: $0.value)) }
      let pets = try DataFolder(folder.path, inputs: inputs, isLabelled: false)
      return try (0..<8).map { try pets.inputs($0 * pets.count / 8).runs[0] }
    }
  }
}

extension Graph {
  /// The graph with layers as ONNX has them: its LSTM does not clamp its cells.
  fileprivate func withoutCellClamps() throws -> Graph {
    try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard var layer = node.operation as? LSTM else { return nil }
      layer.cellRange = .none
      return try builder.add(layer, inputs, name: node.name)
    }
  }

  /// The graph up to the last int8 value before its first output, as reals, and the step of that.
  fileprivate func endingInIntegers() throws -> (graph: Graph, step: Float) {
    var value = outputs[0].value
    var node = nodes[try #require(producer(of: value))]
    while !(node.operation is Dequantize) {
      value = node.inputs[0]
      node = nodes[try #require(producer(of: value))]
    }
    let step = try #require(type(of: node.inputs[0]).quantization).scales[0]
    let outputs = [Port(name: "last", value: value)]
    return (Graph(values: values, nodes: nodes, inputs: inputs, outputs: outputs), step)
  }
}
