// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("thimble export")
struct ExportCommandTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("model.onnx", TinyModel.dense)
  }

  @Test("what is written gives what the model gives")
  func writesModel() throws {
    let result = try thimble("export", model, "-o", folder.file("out.onnx"), "--json")
    #expect(result.exitCode == 0 && result.errors.isEmpty)
    let report = try result.json()
    #expect(report["model_bytes"] as? Int == TinyModel.dense.count)
    #expect(report["file_bytes"] as? Int == (try folder.read("out.onnx").count))
    let x = try "x=" + folder.write("x.npy", [1, 4], [1, -2, 3, 0.5])
    for (file, name) in [(model, "before"), (folder.file("out.onnx"), "after")] {
      let run = try thimble("run", file, "--input", x, "--output", folder.file(name))
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    #expect(try folder.read("before/y.npy") == folder.read("after/y.npy"))
  }

  @Test("refusals leave nothing behind")
  func refusals() throws {
    let same = try thimble("export", model, "-o", model)
    #expect(same.exitCode == 2 && same.errors.contains("is the input; choose another output"))
    let missing = try thimble("export", folder.file("none"), "-o", folder.file("out"))
    #expect(missing.exitCode == 1 && missing.errors.contains("none: No such file"))
    let nowhere = try thimble("export", model, "-o", folder.file("none/out"))
    #expect(nowhere.exitCode == 1 && nowhere.errors.contains("none/out: No such file"))
    #expect(try folder.contents == ["model.onnx"])
  }
}
