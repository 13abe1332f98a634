// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

@Suite("splits and batches") struct SplitTests {
  private static let labels = (0..<103).map { $0 % 10 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0 }

  @Test("set aside a part of each class", arguments: [0.1, 0.2, 0.33, 0.5, 0.9])
  func stratified(fraction: Double) throws {
    let dataset = try labelledDataset(Self.labels, classCount: 4)
    let split = try Split(fraction: fraction, of: dataset, seed: 1)
    #expect((split.training + split.validation).sorted() == Array(0..<103))
    #expect(split.validation.count == Int((fraction * 103).rounded()))
    let counts = dataset.classCounts(of: Array(0..<103))
    for (part, whole) in zip(dataset.classCounts(of: split.validation), counts) {
      #expect((Double(part) - fraction * Double(whole)).magnitude < 1)
    }
    #expect(split == (try Split(fraction: fraction, of: dataset, seed: 1)))
    #expect(split != (try Split(fraction: fraction, of: dataset, seed: 2)))
  }

  @Test func canBeEmptyOnlyWhenAsked() throws {
    let dataset = try labelledDataset([0, 1, 0], classCount: 2)
    #expect(try Split(fraction: 0, of: dataset, seed: 1).validation.isEmpty)
    #expect(throws: TrainingError.data(path: "DATA", .emptyValidation)) {
      try Split(fraction: 0.1, of: dataset, seed: 1)
    }
  }

  @Test("let every sample validate once, classes alike", arguments: [2, 5, 10])
  func folds(folds: Int) throws {
    let dataset = try labelledDataset(Self.labels, classCount: 3)
    let splits = try Split.folds(folds, of: dataset, seed: 1)
    #expect(splits.count == folds)
    #expect(splits.flatMap(\.validation).sorted() == Array(0..<103))
    for split in splits {
      #expect((split.training + split.validation).sorted() == Array(0..<103))
    }
    let counts = splits.map { dataset.classCounts(of: $0.validation) }
    for label in 0..<3 {
      let ofClass = counts.map { $0[label] }
      #expect((ofClass.max() ?? 0) - (ofClass.min() ?? 0) <= 1)
    }
    let sizes = splits.map(\.validation.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect(throws: TrainingError.data(path: "DATA", .folds(104, count: 103))) {
      try Split.folds(104, of: dataset, seed: 1)
    }
  }

  @Test func shuffleEachEpochAnew() {
    let first = Batch.training(count: 103, size: 10, seed: 1, epoch: 0)
    #expect(first.count == 10 && first.allSatisfy { $0.positions.count == 10 })
    #expect(Set(first.flatMap(\.positions)).count == 100)
    #expect(first.allSatisfy { $0.weights.allSatisfy { $0 == 1 } })
    #expect(first == Batch.training(count: 103, size: 10, seed: 1, epoch: 0))
    #expect(first != Batch.training(count: 103, size: 10, seed: 1, epoch: 1))
    #expect(first != Batch.training(count: 103, size: 10, seed: 2, epoch: 0))
    #expect(Batch.training(count: 9, size: 10, seed: 1, epoch: 0).isEmpty)
  }

  @Test func fillTheLastBatchOfAnEvaluation() {
    let batches = Batch.evaluation(count: 7, size: 3)
    #expect(batches.map(\.positions) == [[0, 1, 2], [3, 4, 5], [6, 6, 6]])
    #expect(batches.map(\.weights) == [[1, 1, 1], [1, 1, 1], [1, 0, 0]])
    #expect(Batch.evaluation(count: 6, size: 3).map(\.count) == [3, 3])
  }
}
