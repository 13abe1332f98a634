// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import Testing

@Suite("thimble train")
struct TrainCommandTests {
  private let folder: TemporaryFolder
  private let model: String
  private let data: String
  private static let count = 60

  /// Three classes, each with an input of its own that is large: any training tells them apart.
  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("model.onnx", TinyModel.linear)
    data = folder.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    let inputs = (0..<Self.count).flatMap { sample -> [Float] in
      (0..<4).map { column -> Float in
        let jitter = Float((sample * 7 + column * 5) % 11) / 20
        return sample % 3 == column ? 2 + jitter : jitter
      }
    }
    _ = try folder.write("data/x.npy", [Self.count, 4], inputs)
    try write(labels: (0..<Self.count).map { $0 % 3 })
  }

  private func write(labels: [Int]) throws {
    let tensor = TensorData([labels.count], int64: labels.map(Int64.init))
    _ = try folder.write("data/y.npy", writeNPY(tensor))
  }

  private func train(_ output: String, _ options: String...) throws -> Invocation {
    let common = ["train", model, "--data", data, "-o", folder.file(output), "--batch", "8"]
    return try Invocation(common + options)
  }

  @Test("learns what can be told apart, and the model it writes is right too")
  func learns() throws {
    let result = try train(
      "trained.onnx", "--epochs", "60", "--learning-rate", "0.05", "--metric", "top1", "--json")
    #expect(result.exitCode == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["top1"] as? Double == 1)
    #expect(report["trained_numbers"] as? Int == 15)
    let evaluation = try thimble(
      "evaluate", folder.file("trained.onnx"), "--data", data, "--json")
    let metrics = try #require(try evaluation.json()["metrics"] as? [[String: Any]])
    #expect(metrics.first?["value"] as? Double == 1)
  }

  @Test("validates on another folder, of fewer samples")
  func validationFolder() throws {
    let other = folder.file("other")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
    _ = try folder.write("other/x.npy", [2, 4], [2, 0, 0, 0, 0, 2, 0, 0])
    _ = try folder.write("other/y.npy", writeNPY(TensorData([2], int64: [0, 1])))
    let result = try train(
      "a.onnx", "--epochs", "40", "--learning-rate", "0.05", "--validation", other, "--json")
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(try result.json()["top1"] as? Double == 1)
  }

  @Test("gives the same bytes with two threads, and when it is taken up again")
  func sameBytes() throws {
    let options = ["--epochs", "4", "--learning-rate", "0.05", "--optimizer", "adamw"]
    func train(_ name: String, _ more: String...) throws -> [UInt8] {
      let common = ["train", model, "--data", data, "-o", folder.file(name), "--batch", "8"]
      let result = try Invocation(common + options + more)
      #expect(result.exitCode == 0, "\(result.errors)")
      return try folder.read(name)
    }
    let whole = try train("one.onnx")
    #expect(try train("two.onnx", "--threads", "2") == whole)
    // Half of an epoch is on file when the checkpoint of step 9 is the last.
    let checkpoint = folder.file("training.checkpoint")
    _ = try train("saved.onnx", "--checkpoint", checkpoint, "--checkpoint-steps", "9")
    #expect(try train("resumed.onnx", "--checkpoint", checkpoint, "--resume") == whole)
  }

  @Test("refuses samples that cannot be trained on, and writes nothing")
  func badSamples() throws {
    try write(labels: (0..<Self.count).map { $0 == 7 ? 3 : $0 % 3 })
    let outOfRange = try train("a.onnx")
    #expect(outOfRange.exitCode == 1 && outOfRange.errors.contains("3"))
    try write(labels: [Int](repeating: 1, count: Self.count))
    let oneClass = try train("a.onnx")
    #expect(oneClass.exitCode == 1 && oneClass.errors.contains("class"))
    #expect(try !folder.contents.contains("a.onnx"))
  }

  @Test("says which parameter is not there, and that nothing is left to train")
  func nothingToTrain() throws {
    let result = try train("a.onnx", "--trainable", "other/*")
    #expect(result.exitCode == 1 && result.errors.contains("--trainable"), "\(result.errors)")
  }

  @Test("ends when the loss is no number any more, with the best weights until then")
  func diverges() throws {
    let result = try train(
      "a.onnx", "--epochs", "30", "--learning-rate", "1e38", "--optimizer", "sgd")
    #expect(result.exitCode == 1 && result.errors.contains("learning rate"), "\(result.errors)")
    // What is written is the model of before.
    let evaluation = try thimble("evaluate", folder.file("a.onnx"), "--data", data, "--json")
    #expect(evaluation.exitCode == 0, "\(evaluation.errors)")
  }

  @Test("writes a program whose memory is what a dry run says, without training")
  func dryRun() throws {
    let program = folder.file("step.thimble")
    let result = try train("a.onnx", "--dry-run", "--program", program, "--json")
    #expect(result.exitCode == 0, "\(result.errors)")
    let arena = try result.json()["arena_bytes"] as? Int
    let inspected = try thimble("inspect", program, "--json").json()
    #expect(arena != nil && inspected["arena_bytes"] as? Int == arena)
    #expect(try !folder.contents.contains("a.onnx"))
  }
}
