// SPDX-License-Identifier: Apache-2.0
import Engine
import Foundation
import TestSupport
import Testing

/// The page of `inspect --html`, as a browser shows it.
@Suite("thimble inspect --html", .enabled(if: Browser.isAvailable, Browser.skipMessage))
struct PageTests {
  private let folder: TemporaryFolder
  private var page: String { folder.file("page.html") }

  init() throws { folder = try TemporaryFolder() }

  @Test("draws a small program")
  func smallProgram() throws {
    let check = try check(folder.compile(TinyModel.deep))
    #expect(check.sortedMacs == ["8,192", "4,096", "128", "128"])
    #expect(check.title.contains("program.thimble.onnx"))
    #expect(check.edgeCount == 5)
  }

  @Test("takes a model")
  func model() throws {
    _ = try check(folder.write("model.onnx", TinyModel.dense))
  }

  @Test("names from a file stay text")
  func hostileNames() throws {
    let check = try check(folder.write("model.onnx", TinyModel.hostileNames))
    #expect(!check.isHacked)
    #expect(check.loadingElementCount == 0)
    #expect(check.rectangles.contains { $0.text.contains("</script><script>") })
  }

  @Test(
    "draws real models", .enabled(if: Assets.isAvailable, Assets.skipMessage),
    arguments: [
      "toy/hello_world_int8.tflite", "classification/mobilenet_v1_0.25_224_fp32.tflite",
      "mlperf-tiny/ic01_resnet8_int8.tflite", "segmentation/deeplabv3_257_fp32.tflite",
    ])
  func realModel(name: String) throws {
    _ = try check(Assets.url("models/\(name)").path)
  }

  /// Opens the page of a program or model and holds it against `inspect --json` and the program.
  private func check(_ file: String) throws -> PageCheck {
    let result = try thimble("inspect", file, "--html", page)
    #expect(result.exitCode == 0, "\(result.errors)")
    let program = folder.file("reference.thimble")
    if !file.hasSuffix(".thimble") {
      #expect(try thimble("compile", file, "-o", program).exitCode == 0)
    }
    let compiled = file.hasSuffix(".thimble") ? file : program
    let report = try thimble("inspect", compiled, "--json").json()
    let check = try PageCheck(page, in: folder)
    #expect(check.errors == [])

    #expect(check.peakStep == report["peak_step"] as? Int)
    #expect(check.lowerBound == report["lower_bound_bytes"] as? Int)
    let digits = check.peakText.replacing(",", with: "")
    #expect(digits.contains("\(try #require(report["arena_bytes"] as? Int)) bytes"))
    let steps = try #require(report["steps"] as? [[String: Any]])
    #expect(check.rowCount == steps.count)
    #expect(check.stepNodeCount == steps.count)
    #expect(check.foundRowCount == 0)
    try expectRectangles(check.rectangles, steps, Program(path: compiled))
    try expectLinks(check)
    return check
  }

  /// Every tensor that a step writes to the arena is there, none overlap, and together they are the
  /// live bytes that the report counts another way.
  private func expectRectangles(
    _ rectangles: [PageCheck.Rectangle], _ steps: [[String: Any]], _ program: Program
  ) throws {
    let written = (0..<program.stepCount).compactMap { program.step($0).operands.last }
    let inArena = written.filter {
      program.tensor(Int($0)).storage == ProgramFormat.Storage.arena.rawValue
    }
    #expect(Set(rectangles.map(\.tensor)) == Set(inArena.map { Int($0) }))
    for (index, one) in rectangles.enumerated() {
      #expect(one.start < one.end && one.bytes > 0)
      for other in rectangles[..<index] where one.start < other.end && other.start < one.end {
        let isApart =
          one.offset + one.bytes <= other.offset || other.offset + other.bytes <= one.offset
        #expect(isApart, "\(one.text) and \(other.text)")
      }
    }
    for (index, step) in steps.enumerated() {
      // A quarter into a step, what is written over an input has not begun.
      let time = Double(index) + 0.25
      let live = rectangles.filter { $0.start <= time && time < $0.end }
      #expect(live.reduce(0) { $0 + $1.bytes } == step["live_bytes"] as? Int, "step \(index)")
    }
  }

  /// Pointing tells what something is; clicking a row marks its step everywhere.
  private func expectLinks(_ check: PageCheck) throws {
    if let first = check.rectangles.first {
      #expect(check.hoverText == first.text)
      #expect(first.text.replacing(",", with: "").contains("\(first.bytes) bytes at offset"))
    }
    #expect(check.selected["steps"] == 1)
    #expect(try #require(check.selected["arena"]) >= 1)
    #expect(try #require(check.selected["graph"]) >= 2)
  }
}
