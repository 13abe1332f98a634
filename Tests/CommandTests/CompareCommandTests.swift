// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@Suite("thimble compare")
struct CompareCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The interpreter of the tests, as the command line takes it.
  private let python = ["--python", PythonTools.interpreter.path]

  private func compare(_ arguments: [String]) throws -> Invocation {
    try Invocation(["compare"] + arguments)
  }

  // MARK: - Against the reference, which needs nothing else

  @Test("a sound program agrees with the reference")
  func reference() throws {
    for model in [TinyModel.deep, TinyModel.dense] {
      let path = try folder.write("model.onnx", model)
      let program = try folder.compile(model)
      for arguments in [[path], [path, program]] {
        let result = try compare(arguments + ["--against", "reference", "--json"])
        #expect(result.exitCode == 0, "\(result.errors)")
        let report = try result.json()
        let layers = try #require(report["layers"] as? [[String: Any]])
        #expect(report["compared_layers"] as? Int == layers.count)
        #expect(report["first_beyond_rounding"] == nil)
      }
    }
  }

  @Test("a layer with other weights is named", arguments: ["wider", "widest", "narrower"])
  func plantedInReference(node: String) throws {
    let model = try folder.write("model.onnx", TinyModel.deep)
    let other = try folder.write("other.onnx", PlantedError(TinyModel.deep, node: node).model)
    try expectFault(compare([model, other, "--against", "reference", "--json"]), at: node)
    let text = try compare([model, other, "--against", "reference"])
    #expect(text.output.contains("First beyond rounding"))
    #expect(text.output.contains("◀ first"))
    #expect(text.errors.contains("\"\(node)\""))
  }

  @Test("a fused layer tells what it computes")
  func fusion() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let result = try compare([model, "--against", "reference"])
    #expect(result.output.contains("computes Gemm dense, Relu activation"))
  }

  @Test("takes inputs from files, and shapes")
  func inputs() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let x = try folder.write("x.npy", [1, 4], [1, -2, 3, 0.5])
    for input in ["x=\(x)", "x=1x4"] {
      let result = try compare([model, "--against", "reference", "--input", input])
      #expect(result.exitCode == 0)
    }
    #expect(try compare([model, "--against", "reference", "--input", "z=\(x)"]).exitCode == 2)
  }

  @Test("says how to get a runtime that is missing")
  func missingRuntime() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let result = try compare([model, "--python", folder.file("no-python")])
    #expect(result.exitCode == 2)
    #expect(result.errors.contains("tools/setup test"))
  }

  @Test("refuses a program of another model")
  func anotherModel() throws {
    let model = try folder.write("model.onnx", TinyModel.image)
    let program = try folder.compile(TinyModel.dense)
    let result = try compare([model, program, "--against", "reference"])
    #expect(result.exitCode == 1)
  }

  // MARK: - Against the models' own runtimes

  @Suite(
    "beside the model's own runtime", .enabled(if: Assets.isAvailable, Assets.skipMessage),
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
  struct Runtimes {
    private let tests: CompareCommandTests

    init() throws { tests = try CompareCommandTests() }

    @Test(
      "no layer of a sound program is flagged",
      arguments: [
        "toy/hello_world_int8.tflite", "mlperf-tiny/ic01_resnet8_fp32.onnx",
        "mlperf-tiny/ic01_resnet8_int8.tflite", "mlperf-tiny/kws01_dscnn_fp32.tflite",
        "mlperf-tiny/kws01_dscnn_int8.tflite", "classification/mnist-8.onnx",
        "mlperf-tiny/kws01_dscnn_hybrid_int8weights.tflite",
        "classification/mobilenet_v1_0.25_224_uint8.tflite", "detection/yolox_nano_fp32.onnx",
      ])
    func soundModels(name: String) throws {
      let path = try Assets.url("models/\(name)").path
      let result = try tests.compare([path, "--json"] + tests.python)
      #expect(result.exitCode == 0, "\(result.errors)")
      let report = try result.json()
      #expect(report["first_beyond_rounding"] == nil)
      let layers = try #require(report["layers"] as? [[String: Any]])
      let compared = try #require(report["compared_layers"] as? Int)
      #expect(compared == layers.count)
    }

    @Test(
      "a layer whose weights are off by one part in a hundred is named",
      arguments: [
        ("mlperf-tiny/ic01_resnet8_fp32.onnx", 5), ("mlperf-tiny/kws01_dscnn_fp32.tflite", 3),
        ("mlperf-tiny/ic01_resnet8_int8.tflite", 4), ("mlperf-tiny/kws01_dscnn_int8.tflite", 2),
      ])
    func plantedError(name: String, layer: Int) throws {
      let bytes = try Assets.bytes("models/\(name)")
      let planted = try PlantedError(bytes, weightedNode: layer)
      let suffix = name.hasSuffix("onnx") ? "onnx" : "tflite"
      let copy = try tests.folder.write("copy.\(suffix)", planted.model)
      let model = try Assets.url("models/\(name)").path
      let result = try tests.compare([model, copy, "--json"] + tests.python)
      try tests.expectFault(result, at: planted.node)
    }
  }

  /// The one layer that is flagged computes the node.
  private func expectFault(_ result: Invocation, at node: String) throws {
    #expect(result.exitCode == 1)
    let report = try result.json()
    let layers = try #require(report["layers"] as? [[String: Any]])
    let flagged = layers.filter { $0["is_beyond_rounding"] as? Bool == true }
    #expect(flagged.count == 1)
    let first = layers[try #require(report["first_beyond_rounding"] as? Int)]
    let fused = first["fuses"] as? [String] ?? []
    #expect(first["name"] as? String == node || fused.contains { $0.hasSuffix(" \(node)") })
  }
}
