// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Exporters
import Graph
import Importers
import TensorCore
import TestSupport
import Testing

/// Real models as ONNX models, written as imported and as optimised.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct ModelExportTests {
  /// Those that ONNX can spell.
  static let models = SharedModel.all.filter { !unspellable.contains($0.name) }

  static let unspellable = [
    // Detection post-processing.
    "coco_ssd_mobilenet_v1_1.0_uint8_tflite"
  ]

  @Test(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage), arguments: models)
  func agreesInONNXRuntime(_ model: SharedModel) throws {
    let golden = try model.golden()
    let graph = try golden.graph()
    let inputs = try golden.inputs(of: graph)
    for form in [graph, try optimize(graph)] {
      let run = ONNXRun(model: try exportONNX(form), inputs: inputs)
      switch try runInONNXRuntime([run])[0] {
      case .success(let outputs): try model.expect(outputs, of: graph, agreeWith: golden)
      case .failure(let refusal): Issue.record("\(refusal.text)")
      }
    }
  }

  @Test(arguments: models) func isTheSameWhenImportedAgain(_ model: SharedModel) throws {
    let golden = try model.golden()
    let graph = try golden.graph()
    for form in [graph, try optimize(graph)] {
      let again = try importModel(exportONNX(form))
      #expect(again.inputs.map(\.name) == graph.inputs.map(\.name))
      #expect(again.outputs.map(\.name) == graph.outputs.map(\.name))
      let program = try Program(copying: compile(again).bytes)
      let outputs = try run(program, golden.inputs(of: graph))
      try model.expect(outputs, of: graph, agreeWith: golden)
    }
  }

  /// No transpose, and no pair more than the model had.
  @Test(arguments: ["efficientnet_lite0_fp32_onnx", "efficientnet_lite0_int8_qdq_onnx"])
  func channelsFirstModelsGoBackAsTheyCame(_ name: String) throws {
    let golden = try Golden(name)
    let original = try ForeignModel(Assets.bytes(golden.modelPath))
    let written = try ForeignModel(exportONNX(golden.graph()))
    func counts(_ model: ForeignModel) -> [String: Int] {
      // Flatten is a Reshape here.
      let names = model.nodes.map { $0.operatorName == "Flatten" ? "Reshape" : $0.operatorName }
      return Dictionary(grouping: names) { $0 }.mapValues(\.count)
    }
    #expect(counts(written) == counts(original))
  }

  @Test(arguments: unspellable) func whatONNXDoesNotHaveIsRefused(_ name: String) throws {
    let graph = try Golden(name).graph()
    #expect(throws: ExportError.self) { try exportONNX(graph) }
  }
}
