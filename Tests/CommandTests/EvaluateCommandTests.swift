// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import Testing

@Suite("thimble evaluate")
struct EvaluateCommandTests {
  private let folder: TemporaryFolder
  private let program: String
  private let data: String
  /// Four inputs of the dense model.
  private static let x: [[Float]] = [
    [1, -2, 3, 0.5], [0, 0, 0, 0], [2, 2, 2, 2], [-1, -1, -1, 4],
  ]

  init() throws {
    folder = try TemporaryFolder()
    program = try folder.compile(TinyModel.dense)
    data = folder.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    _ = try folder.write("data/x.npy", [4, 4], Self.x.flatMap(\.self))
  }

  /// The class that the dense model gives each input: that of the largest output.
  private let answers = x.map { input in
    let outputs = TinyModel.denseOutput(input)
    return outputs.firstIndex(of: outputs.max() ?? 0) ?? 0
  }

  private func write(labels: [Int]) throws {
    let tensor = TensorData([labels.count], int64: labels.map(Int64.init))
    _ = try folder.write("data/y.npy", writeNPY(tensor))
  }

  // MARK: - Reports

  @Test("counts right answers, with an interval, as JSON")
  func json() throws {
    var labels = answers
    labels[3] = (labels[3] + 1) % 3
    try write(labels: labels)
    let result = try thimble("evaluate", program, "--data", data, "--json")
    #expect(result.exitCode == 0 && result.errors.isEmpty, "no progress bar without a terminal")
    let report = try result.json()
    #expect(report["n"] as? Int == 4 && report["threads"] as? Int == 1)
    #expect(report["data"] as? String == data && report["file"] as? String == program)
    #expect(report["predictions"] as? [Int] == answers)
    let metrics = try #require(report["metrics"] as? [[String: Any]])
    #expect(metrics.count == 1)
    let metric = try #require(metrics.first)
    #expect(metric["name"] as? String == "top1" && metric["value"] as? Double == 0.75)
    #expect(metric["interval"] as? String == "Wilson" && metric["n"] as? Int == 4)
    // Wilson's limits of 3 of 4.
    #expect(abs(try #require(metric["low"] as? Double) - 0.3006) < 5e-5)
    #expect(abs(try #require(metric["high"] as? Double) - 0.9544) < 5e-5)
    let confusions = try #require(report["confusions"] as? [[String: Any]])
    #expect(confusions.compactMap { $0["n"] as? Int }.reduce(0, +) == 4)
    let classes = try #require(report["classes"] as? [[String: Any]])
    #expect(classes.compactMap { $0["correct"] as? Int }.reduce(0, +) == 3)
  }

  @Test("prints a table; a model is compiled, and threads change nothing")
  func table() throws {
    try write(labels: answers)
    let model = try folder.write("model.onnx", TinyModel.dense)
    let result = try thimble("evaluate", model, "--data", data, "--threads", "2")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("4 samples"))
    #expect(result.output.contains("top1    1.0000  0.5101 to 1.0000  Wilson  4"))
  }

  @Test("measures what it is asked to")
  func chosenMetric() throws {
    let targets = Self.x.flatMap { TinyModel.denseOutput($0).map { $0 + 0.5 } }
    _ = try folder.write("data/y.npy", [4, 3], targets)
    let result = try thimble("evaluate", program, "--data", data, "--metric", "mse", "--json")
    let metrics = try #require(try result.json()["metrics"] as? [[String: Any]])
    #expect(metrics.first?["value"] as? Double == 0.25)
    #expect(try result.json()["predictions"] == nil)
  }

  // MARK: - Refusals

  @Test("options that others could replace")
  func badUsage() throws {
    try write(labels: answers)
    let unknown = try thimble("evaluate", program, "--data", data, "--metric", "luck")
    #expect(unknown.exitCode == 2)
    let unsuited = try thimble("evaluate", program, "--data", data, "--metric", "miou")
    #expect(unsuited.exitCode == 2)
    #expect(unsuited.errors.contains("miou needs a mask for each sample; the folder has a label"))
    #expect(try thimble("evaluate", program).exitCode == 2)
    #expect(try thimble("evaluate", program, "--data", data, "--threads", "0").exitCode == 2)
  }

  @Test("folders that are wrong, with the file and the line")
  func badFolders() throws {
    let missing = try thimble("evaluate", program, "--data", folder.file("none"))
    #expect(missing.exitCode == 1)
    #expect(missing.errors.contains("none: No such file or directory"))

    let noTruth = try thimble("evaluate", program, "--data", data)
    #expect(noTruth.exitCode == 1)
    #expect(noTruth.errors.contains("data/y.npy: there is no such file"))

    try write(labels: [0, 1, 2, 3])
    let label = try thimble("evaluate", program, "--data", data)
    #expect(label.exitCode == 1)
    #expect(label.errors.contains("x.npy, sample 3: the label is class 3; the model has 3"))

    _ = try folder.write("data/labels.csv", Array("file,label\na.png,cat\n".utf8))
    let table = try thimble("evaluate", program, "--data", data)
    #expect(table.exitCode == 1)
    #expect(table.errors.contains("data/labels.csv:2: the label \"cat\" is no number"))

    _ = try folder.write("data/preprocess.yaml", Array("size: 4\nresize: zoom\n".utf8))
    let settings = try thimble("evaluate", program, "--data", data)
    #expect(settings.exitCode == 1)
    #expect(settings.errors.contains("data/preprocess.yaml:2: resize takes none, fit"))
  }
}
