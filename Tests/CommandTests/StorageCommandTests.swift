// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TestSupport
import Testing

/// `thimble quantize` and `thimble compile` with `--weights` and `--activations`.
@Suite("--weights, --activations")
struct StorageCommandTests {
  private let folder: TemporaryFolder
  private let model: String
  private let data: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("model.onnx", TinyModel.deep)
    data = folder.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    _ = try folder.write("data/x.npy", [16, 4], (0..<64).map { Float($0 * 37 % 101) / 50 - 1 })
  }

  private func run(_ command: String, _ model: String, _ more: [String]) throws -> Invocation {
    try Invocation([command, model, "-o", folder.file("out")] + more)
  }

  @Test("quantize without samples, and what it says", arguments: ["int8", "int4", "float16"])
  func quantize(format: String) throws {
    let result = try run("quantize", model, ["--weights", format, "--json"])
    #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
    let report = try result.json()
    #expect(report["quantization"] == nil)
    let storage = try #require(report["storage"] as? [String: Any])
    #expect(storage["weights"] as? String == format && storage["samples"] as? Int == 0)
    #expect(storage["activations"] as? String == "float")
    #expect(storage["float_weight_bytes"] as? Int == 4 * 12544)
    #expect(storage["weight_bytes"] as? Int ?? .max < 4 * 12544 / (format == "float16" ? 1 : 3))
    let file = try folder.read("out")
    #expect(report["file_bytes"] as? Int == file.count && file.count < TinyModel.deep.count * 2 / 3)
    let text = try run("quantize", model, ["--weights", format]).output
    #expect(text.contains("weights in \(format), rounded to nearest\n"))
  }

  @Test("with samples weights are rounded for them, and outputs compared")
  func samples() throws {
    for (arguments, words) in [
      (["--weights", "int4"], "weights in int4, rounded for 16 samples\n"),
      (["--weights", "int4", "--no-learn-rounding"], "weights in int4, rounded to nearest\n"),
      (["--activations", "dynamic"], "rounded for 16 samples, rows of activations in int8"),
    ] {
      let result = try run("compile", model, arguments + ["--calibration", data])
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains(words) && result.output.contains(" dB"), "\(result.output)")
    }
  }

  @Test(
    "what is written compiles to what compile gives",
    arguments: [["--weights", "int8"], ["--weights", "int4"], ["--activations", "dynamic"]])
  func isTheSame(arguments: [String]) throws {
    #expect(try run("compile", model, arguments).exitCode == 0)
    let direct = try folder.read("out").count
    #expect(
      try Invocation(["quantize", model, "-o", folder.file("q.onnx")] + arguments).exitCode == 0)
    #expect(try run("compile", folder.file("q.onnx"), []).exitCode == 0)
    // Names of nodes may differ.
    #expect(abs(try folder.read("out").count - direct) < 1024)
    let expanded = try run("compile", folder.file("q.onnx"), ["--weights", "float32"])
    #expect(expanded.exitCode == 0)
    let expandedSize = try folder.read("out").count
    #expect(arguments.contains("dynamic") || expandedSize > 2 * direct)
  }

  @Test(
    "rounding explains what ONNX Runtime computes otherwise, layer by layer",
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage),
    arguments: [
      ["--weights", "int8"], ["--weights", "int4"], ["--weights", "float16"],
      ["--activations", "dynamic"],
    ])
  func agreesInONNXRuntime(arguments: [String]) throws {
    #expect(
      try Invocation(["quantize", model, "-o", folder.file("q.onnx")] + arguments).exitCode == 0)
    let compared = try thimble(
      "compare", folder.file("q.onnx"), "--python", PythonTools.interpreter.path)
    #expect(compared.exitCode == 0, "\(compared.errors)")
    #expect(compared.output.contains("4 of 4 layers compared"), "\(compared.output)")
  }

  @Test("int8 activations take samples as ever")
  func integers() throws {
    let arguments = ["--activations", "int8", "--calibration", data, "--json"]
    let result = try run("compile", model, arguments)
    #expect(try result.json()["quantization"] != nil)
    let program = try folder.read("out")
    #expect(try run("compile", model, ["--int8", "--calibration", data]).exitCode == 0)
    #expect(try folder.read("out") == program)
  }

  @Test("bad usage")
  func badUsage() throws {
    for (command, arguments, words) in [
      ("quantize", ["--weights", "int3"], "int3"),
      ("quantize", ["--weights", "float32"], "what the weights become"),
      ("quantize", ["--activations", "float"], "what the weights become"),
      ("quantize", ["--activations", "int8"], "--calibration"),
      ("quantize", ["--activations", "dynamic", "--weights", "int4"], "takes --weights int8"),
      ("compile", ["--int8", "--weights", "int4", "--calibration", data], "and nothing else"),
      ("compile", ["--int8", "--activations", "dynamic"], "and nothing else"),
      ("compile", ["--weights", "float32", "--calibration", data], "does nothing"),
      ("compile", ["--weights", "int8", "--keep-float", "nowhere"], "no node nowhere"),
    ] {
      let result = try run(command, model, arguments)
      #expect(result.exitCode == 2, "\(arguments)")
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(!(try folder.contents.contains("out")))
    }
  }

  @Test("models without such weights, and quantised ones", arguments: ["quantize", "compile"])
  func badModels(command: String) throws {
    let image = try folder.write("image.onnx", TinyModel.image)
    let result = try run(command, image, ["--weights", "int8"])
    #expect(result.exitCode == 1 && result.errors.contains("whose weights are smaller as int8"))
    #expect(
      try Invocation(["quantize", model, "-o", folder.file("q.onnx"), "--weights", "int8"])
        .exitCode == 0)
    let again = try run(command, folder.file("q.onnx"), ["--weights", "int4"])
    #expect(again.exitCode == 1 && again.errors.contains("is quantised already"))
  }
}
