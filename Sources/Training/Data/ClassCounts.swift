// SPDX-License-Identifier: Apache-2.0

extension Dataset {
  /// How many of some samples are of each class; empty without labels.
  package func classCounts(of samples: [Int]) -> [Int] {
    guard case .label(let classCount) = target else { return [] }
    var counts = [Int](repeating: 0, count: classCount)
    for sample in samples { counts[labels[sample]] += 1 }
    return counts
  }

  /// Refuses sets that nothing can be learned from, or that cannot be judged.
  ///
  /// - Throws: `TrainingError.data`: one class only, no full batch, or nothing to validate on when
  ///   that is asked for.
  package func check(
    _ split: Split, batch: Int, validates: Bool
  ) throws(TrainingError) {
    guard !validates || !split.validation.isEmpty else {
      throw .data(path: path, .emptyValidation)
    }
    guard split.training.count >= batch else {
      throw .data(path: path, .fewerThanABatch(count: split.training.count, batch: batch))
    }
    let counts = classCounts(of: split.training)
    if !counts.isEmpty, counts.count(where: { $0 > 0 }) == 1,
      let only = counts.firstIndex(where: { $0 > 0 })
    {
      throw .data(path: path, .oneClass(only))
    }
  }

  /// The weight of each class in the loss.
  ///
  /// - Throws: `TrainingError.data` when there are other than one weight for each class, or a class
  ///   has no sample to balance by.
  package func classWeights(
    _ weights: Recipe.ClassWeights, training: [Int]
  ) throws(TrainingError) -> [Double] {
    let counts = classCounts(of: training)
    switch weights {
    case .equal: return [Double](repeating: 1, count: counts.count)
    case .balanced:
      if let empty = counts.firstIndex(of: 0) { throw .data(path: path, .emptyClass(empty)) }
      return counts.map { Double(training.count) / (Double(counts.count) * Double($0)) }
    case .each(let weights):
      guard weights.count == counts.count else {
        throw .data(
          path: path, .classWeights(found: weights.count, classCount: counts.count))
      }
      return weights
    }
  }
}
