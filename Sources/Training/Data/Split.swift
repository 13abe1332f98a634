// SPDX-License-Identifier: Apache-2.0

/// Which samples are trained on and which validate; both in increasing order.
package struct Split: Hashable, Sendable {
  package let training: [Int]
  package let validation: [Int]

  package init(training: [Int], validation: [Int]) {
    self.training = training
    self.validation = validation
  }

  /// Sets a part of the samples aside, of each class alike.
  ///
  /// Each class gives the whole number below its part, the classes with the largest remainders
  /// one more, so that `round(fraction · count)` are set aside.
  /// - Parameters:
  ///   - fraction: from 0, which sets none aside, to below 1.
  ///   - dataset: without labels it counts as one class.
  ///   - seed: which samples.
  /// - Throws: `TrainingError.data` when a part would be empty.
  package init(
    fraction: Double, of dataset: Dataset, seed: UInt64
  ) throws(TrainingError) {
    let total = Int((fraction * Double(dataset.count)).rounded())
    guard fraction > 0 else {
      self.init(training: Array(0..<dataset.count), validation: [])
      return
    }
    guard total > 0 else { throw .data(path: dataset.path, .emptyValidation) }
    let classes = shuffledClasses(of: dataset, seed: seed)
    let shares = classes.map { fraction * Double($0.count) }
    var counts = shares.map { Int($0.rounded(.down)) }
    let byRemainder = classes.indices.sorted {
      let (a, b) = (shares[$0] - Double(counts[$0]), shares[$1] - Double(counts[$1]))
      return a == b ? $0 < $1 : a > b
    }
    for index in byRemainder.prefix(max(total - counts.reduce(0, +), 0)) { counts[index] += 1 }
    let validation = zip(classes, counts).flatMap { $0.prefix($1) }
    self.init(count: dataset.count, validation: validation)
  }

  /// So many splits, such that each sample validates in one of them and classes are alike.
  ///
  /// - Throws: `TrainingError.data` when there are fewer samples than folds.
  package static func folds(
    _ folds: Int, of dataset: Dataset, seed: UInt64
  ) throws(TrainingError) -> [Split] {
    guard folds >= 2, folds <= dataset.count else {
      throw .data(path: dataset.path, .folds(folds, count: dataset.count))
    }
    // Dealt out one after the other, class by class: the folds' sizes and those of each class in
    // them differ by one at most.
    var parts = [[Int]](repeating: [], count: folds)
    for (position, sample) in shuffledClasses(of: dataset, seed: seed).joined().enumerated() {
      parts[position % folds].append(sample)
    }
    return parts.map { Split(count: dataset.count, validation: $0) }
  }

  private init(count: Int, validation: [Int]) {
    let isValidation = Set(validation)
    self.init(
      training: (0..<count).filter { !isValidation.contains($0) }, validation: validation.sorted())
  }
}

/// The samples of each class, in random order.
private func shuffledClasses(of dataset: Dataset, seed: UInt64) -> [[Int]] {
  guard case .label(let classCount) = dataset.target else {
    var random = RandomStream(seed: seed, .split)
    return [random.permutation(of: dataset.count)]
  }
  var classes = [[Int]](repeating: [], count: classCount)
  for (sample, label) in dataset.labels.enumerated() { classes[label].append(sample) }
  for label in classes.indices {
    var random = RandomStream(seed: seed, .split, label)
    random.shuffle(&classes[label])
  }
  return classes
}
