// SPDX-License-Identifier: Apache-2.0

/// Makes the matrix T of a batch such that `−Σ T · log p` is its cross-entropy.
///
/// That is PyTorch's `CrossEntropyLoss(weight, label_smoothing)` with the mean of a batch: for
/// class weights w, smoothing ε and C classes, a sample of class y has
/// `T[c] = w[c] · ((1 − ε) · [c = y] + ε / C) / Σ w[y of every sample]`.
/// Mixed samples have the parts of both in both sums.
package struct ClassTargets: Hashable, Sendable {
  private let labelSmoothing: Double
  private let classWeights: [Double]

  /// Weights of all classes; smoothing of 0 to below 1.
  package init(labelSmoothing: Double = 0, classWeights: [Double]) {
    self.labelSmoothing = labelSmoothing
    self.classWeights = classWeights
  }

  /// The matrix, row after row.
  ///
  /// - Parameters:
  ///   - samples: the targets in each row's sample, all labels, and their parts.
  ///   - weights: of the rows, 0 for those that only fill the batch.
  /// - Returns: 0 throughout when no row counts.
  package func rows(
    _ samples: [[(target: ExampleTarget, part: Double)]], weights: [Float]
  ) -> [Float] {
    let classCount = classWeights.count
    var rows = [Double](repeating: 0, count: samples.count * classCount)
    var total = 0.0
    for (row, sample) in samples.enumerated() where weights[row] != 0 {
      let weight = Double(weights[row])
      for (target, part) in sample {
        guard case .label(let label) = target else { preconditionFailure("a class") }
        total += weight * part * classWeights[label]
        rows[row * classCount + label] += weight * part * (1 - labelSmoothing)
        let spread = weight * part * labelSmoothing / Double(classCount)
        guard spread != 0 else { continue }
        for index in 0..<classCount { rows[row * classCount + index] += spread }
      }
    }
    guard total > 0 else { return [Float](repeating: 0, count: rows.count) }
    return rows.enumerated().map { index, value in
      Float(value * classWeights[index % classCount] / total)
    }
  }
}

/// The targets of a batch that are numbers, row after row; mixed samples have the mixture.
package func valueRows(_ samples: [[(target: ExampleTarget, part: Double)]]) -> [Float] {
  samples.flatMap { sample -> [Float] in
    var row: [Double] = []
    for (target, part) in sample {
      guard case .values(let values) = target else { preconditionFailure("numbers") }
      if row.isEmpty { row = [Double](repeating: 0, count: values.count) }
      for index in row.indices { row[index] += part * Double(values[index]) }
    }
    return row.map(Float.init)
  }
}
