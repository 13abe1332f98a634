// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Foundation
import TensorCore
import TensorFiles
import Testing
import Training

@Suite("datasets") struct DatasetTests {
  private static let port = InputPort(name: "x", type: TensorType(.float32, [1, 2]))

  /// Reads a folder of five samples.
  private func folder(
    _ x: [Float], _ y: TensorData, target: TargetKind, budget: Int = Dataset.defaultBudget
  ) throws -> (Dataset, [Example]) {
    let path = FileManager.default.temporaryDirectory.appending(path: "thimble-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(writeNPY(TensorData([5, 2], float32: x))).write(to: URL(filePath: "\(path)/x.npy"))
    try Data(writeNPY(y)).write(to: URL(filePath: "\(path)/y.npy"))
    let dataset = try Dataset(
      DataFolder(path, inputs: [Self.port]), inputs: [Self.port], target: target, budget: budget)
    return (dataset, try (0..<5).map { try dataset.example($0) })
  }

  private func problem(_ body: () throws -> Void) throws -> DatasetProblem {
    let error = #expect(throws: TrainingError.self) { try body() }
    guard case .data(_, let problem) = try #require(error) else {
      throw try #require(error)
    }
    #expect(!problem.description.isEmpty)
    return problem
  }

  private static let x = (0..<10).map(Float.init)
  private static let y = TensorData([5], int32: [0, 1, 2, 1, 0])

  @Test("are the same from memory and from files", arguments: [0, 39, 40])
  func budget(budget: Int) throws {
    let (dataset, examples) = try folder(
      Self.x, Self.y, target: .label(classCount: 3), budget: budget)
    // Five samples of two elements take 40 bytes.
    #expect(dataset.isInMemory == (budget == 40))
    #expect(dataset.labels == [0, 1, 2, 1, 0])
    #expect(examples.map(\.target) == dataset.labels.map { .label($0) })
    #expect(examples.flatMap { $0.inputs[0] } == Self.x)
    #expect(dataset.classCounts(of: [0, 1, 3]) == [1, 2, 0])
  }

  @Test func takeNumbersAsTargets() throws {
    let (dataset, examples) = try folder(
      Self.x, TensorData([5, 2], float32: Self.x), target: .values(count: 2))
    #expect(examples[4].target == .values([8, 9]))
    #expect(dataset.labels.isEmpty && dataset.classCounts(of: [0]).isEmpty)
  }

  @Test func refuseLabelsOutOfRange() throws {
    let found = try problem {
      _ = try folder(Self.x, Self.y, target: .label(classCount: 2))
    }
    guard case .label(let sample, 2, classCount: 2) = found else {
      Issue.record("\(found)")
      return
    }
    #expect(sample.hasSuffix("x.npy, sample 2"))
  }

  @Test("name what is no number", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(value: Float) throws {
    var x = Self.x
    x[7] = value
    let input = try problem { _ = try folder(x, Self.y, target: .label(classCount: 3)) }
    guard case .inputNotFinite(let sample, "x", element: 1) = input else {
      Issue.record("\(input)")
      return
    }
    #expect(sample.hasSuffix("sample 3"))
    let target = try problem {
      _ = try folder(Self.x, TensorData([5, 2], float32: x), target: .values(count: 2))
    }
    guard case .targetNotFinite(_, element: 1) = target else {
      Issue.record("\(target)")
      return
    }
  }

  @Test func refuseTargetsOfAnotherKindOrCount() throws {
    let truth = try problem {
      _ = try folder(
        Self.x, TensorData([5, 2], float32: Self.x), target: .label(classCount: 3))
    }
    #expect(truth == .truth(wanted: .label, offered: [.values]))
    let count = try problem {
      _ = try folder(Self.x, TensorData([5, 2], float32: Self.x), target: .values(count: 3))
    }
    guard case .targetCount(_, found: 2, expected: 3) = count else {
      Issue.record("\(count)")
      return
    }
  }

  @Test func refuseIntegerInputs() throws {
    let type = TensorType(.int8, [1, 2])
    let found = try problem {
      _ = try Dataset(
        [], path: "DATA", inputs: [InputPort(name: "x", type: type)], target: .values(count: 1))
    }
    #expect(found == .inputType(input: "x", type))
  }

  @Test func refuseSetsThatTeachNothing() throws {
    let dataset = try labelledDataset([0, 0, 0, 1], classCount: 2)
    let one = Split(training: [0, 1, 2], validation: [3])
    #expect(try problem { try dataset.check(one, batch: 2, validates: true) } == .oneClass(0))
    let few = Split(training: [0, 3], validation: [1])
    #expect(
      try problem { try dataset.check(few, batch: 3, validates: true) }
        == .fewerThanABatch(count: 2, batch: 3))
    let none = Split(training: [0, 1, 2, 3], validation: [])
    #expect(
      try problem { try dataset.check(none, batch: 2, validates: true) } == .emptyValidation)
    try dataset.check(none, batch: 4, validates: false)
  }

  @Test func weighClasses() throws {
    let dataset = try labelledDataset([0, 0, 0, 1], classCount: 2)
    let all = [0, 1, 2, 3]
    #expect(try dataset.classWeights(.equal, training: all) == [1, 1])
    // scikit-learn's `class_weight="balanced"`: n_samples / (n_classes * np.bincount(y)).
    #expect(try dataset.classWeights(.balanced, training: all) == [4.0 / (2 * 3), 2])
    #expect(
      try problem { _ = try dataset.classWeights(.balanced, training: [0]) } == .emptyClass(1))
    #expect(
      try problem { _ = try dataset.classWeights(.each([1]), training: all) }
        == .classWeights(found: 1, classCount: 2))
  }

  @Test(
    "are described in words",
    arguments: [
      DatasetProblem.paired, .folds(3, count: 2), .emptyValidation, .oneClass(1),
      .label(sample: "s\u{1b}[2J", label: 4, classCount: 3),
    ])
  func words(problem: DatasetProblem) {
    let text = TrainingError.data(path: "DATA", problem).description
    #expect(text.hasPrefix("DATA: ") && !text.unicodeScalars.contains("\u{1b}"))
  }
}
