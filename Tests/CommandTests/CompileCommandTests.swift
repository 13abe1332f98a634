// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("thimble compile")
struct CompileCommandTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("model.onnx", TinyModel.deep)
  }

  @Test("writes a program and says what it takes")
  func writesProgram() throws {
    let result = try thimble("compile", model, "-o", folder.file("out.thimble"))
    #expect(result.exitCode == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("arena"))
    #expect(try folder.read("out.thimble").starts(with: "THIMBLE\0".utf8))
    #expect(try folder.contents == ["model.onnx", "out.thimble"])
  }

  @Test("two processes write the same bytes, whatever the folder")
  func isDeterministic() throws {
    let elsewhere = try TemporaryFolder()
    let copy = try elsewhere.write("model.onnx", TinyModel.deep)
    #expect(try thimble("compile", model, "-o", folder.file("a.thimble")).exitCode == 0)
    #expect(try thimble("compile", copy, "-o", elsewhere.file("b.thimble")).exitCode == 0)
    #expect(try folder.read("a.thimble") == elsewhere.read("b.thimble"))
  }

  // MARK: - Files

  @Test("a model that is not there")
  func missingModel() throws {
    let result = try thimble("compile", folder.file("none.onnx"), "-o", folder.file("out"))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("none.onnx: No such file or directory"))
  }

  @Test("a folder that is not there")
  func unwritableOutput() throws {
    let result = try thimble("compile", model, "-o", folder.file("none/out.thimble"))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("none/out.thimble: No such file or directory"))
  }

  @Test("a folder where the output should be")
  func outputIsFolder() throws {
    let result = try thimble("compile", model, "-o", folder.path)
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("Is a directory"))
  }

  @Test("a full disk")
  func fullDisk() throws {
    let result = try thimble("compile", model, "-o", "/dev/full")
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("/dev/full: No space left on device"))
  }

  @Test("a write that fails half way leaves the program that was there")
  func interruptedWrite() throws {
    let old = try folder.write("out.thimble", [1, 2, 3])
    // Files may not grow beyond 8 blocks of 512 bytes, and that is no signal but an error.
    let result = try Invocation(
      ["compile", model, "-o", old], prelude: "trap '' XFSZ; ulimit -f 8; ")
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("out.thimble: File too large"))
    #expect(try folder.read("out.thimble") == [1, 2, 3])
    #expect(try folder.contents == ["model.onnx", "out.thimble"])
  }

  @Test("the model itself as output, by its path, a symbolic link or a hard link")
  func outputIsInput() throws {
    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    let twin = folder.file("twin")
    try FileManager.default.linkItem(atPath: model, toPath: twin)
    for output in [model, link, twin, "\(folder.path)/./model.onnx"] {
      let result = try thimble("compile", model, "-o", output)
      #expect(result.exitCode == 2)
      #expect(result.errors.contains("is the input; choose another output"))
    }
    #expect(try folder.read("model.onnx") == TinyModel.deep)
  }

  @Test("a failure leaves the program that was there")
  func failureKeepsOldProgram() throws {
    let old = try folder.write("out.thimble", [1, 2, 3])
    #expect(try thimble("compile", model, "-o", old, "--memory", "1").exitCode == 3)
    #expect(try folder.read("out.thimble") == [1, 2, 3])
    #expect(try folder.contents == ["model.onnx", "out.thimble"])
  }

  // MARK: - Models

  @Test("a damaged model", arguments: [0, 1, 7, 8, 40, 100, 200])
  func truncatedModel(byteCount: Int) throws {
    let broken = try folder.write("broken.onnx", Array(TinyModel.dense.prefix(byteCount)))
    let result = try thimble("compile", broken, "-o", folder.file("out"))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("broken.onnx: "))
  }

  @Test("every operator that is not supported, at once")
  func unsupportedOperators() throws {
    let model = try folder.write("unsupported.onnx", TinyModel.unsupported)
    let result = try thimble("compile", model, "-o", folder.file("out"))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("Frobnicate (2x), first \"first\""))
    #expect(result.errors.contains("Grault"))
  }

  // MARK: - Arguments

  @Test(
    "bad usage",
    arguments: [
      ["--input", "nobody=1x4"],
      ["--input", "x=1x4", "--input", "x=1x4"],
      ["--input", "x=2x4"],
      ["--input", "x=1x-4"],
      ["--input", "x"],
      ["--float", "double"],
      ["--arena", "12 KiB"],
      ["--memory", "-1"],
      ["--memory", "9999999999GiB"],
      ["--in-place-depthwise", "always"],
      ["--frobnicate"],
      ["another.onnx"],
    ])
  func badUsage(arguments: [String]) throws {
    let result = try Invocation(["compile", model, "-o", folder.file("out")] + arguments)
    #expect(result.exitCode == 2)
    #expect(!result.errors.isEmpty)
    #expect(result.output.isEmpty)
    #expect(try folder.contents == ["model.onnx"])
  }

  @Test("a budget that cannot be met", arguments: ["--arena", "--memory"])
  func overBudget(option: String) throws {
    let result = try thimble("compile", model, "-o", folder.file("out"), option, "16")
    #expect(result.exitCode == 3)
    #expect(result.errors.contains("budget"))
    #expect(try folder.contents == ["model.onnx"])
  }

  @Test("a refusal names what is large and what would help, for people and as JSON")
  func refusal() throws {
    let deep = try folder.write("deep.onnx", TinyModel.deep)
    let result = try thimble(
      "compile", deep, "-o", folder.file("out"), "--memory", "4KiB", "--json")
    #expect(result.exitCode == 3)
    let report = try result.json()
    #expect(report["error"] as? String == "over_budget")
    #expect(report["budget_bytes"] as? Int == 4096)
    let largest = try #require(report["largest"] as? [[String: Any]])
    #expect(largest.count == 5)
    // 128 x 64 and 32 x 128 floats.
    #expect(largest[0]["name"] as? String == "narrower")
    #expect(largest[1]["name"] as? String == "widest")
    #expect(try #require(largest[0]["bytes"] as? Int) >= 4 * 128 * 64)
    let needed = try #require(report["needed_bytes"] as? Int)
    let remedies = try #require(report["remedies"] as? [[String: Any]])
    let int8 = try #require(remedies.first { $0["change"] as? String == "int8" })
    #expect(int8["saved_bytes"] as? Int == needed - (int8["needed_bytes"] as? Int ?? 0))
    #expect(result.errors.contains("weights and tables of narrower"))
    #expect(result.errors.contains("quantised to int8"))
  }

  @Test("a budget that is met to the byte")
  func exactBudget() throws {
    let report = try thimble("compile", model, "-o", folder.file("out"), "--json").json()
    let total = try #require(report["total_bytes"] as? Int)
    let arena = try #require(report["arena_bytes"] as? Int)
    let exact = try Invocation([
      "compile", model, "-o", folder.file("out"), "--memory", "\(total)", "--arena", "\(arena)",
    ])
    #expect(exact.exitCode == 0)
    #expect(
      try thimble("compile", model, "-o", folder.file("out"), "--memory", "\(total - 1)").exitCode
        == 3)
  }
}
