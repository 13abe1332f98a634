// SPDX-License-Identifier: Apache-2.0

/// Puts samples together to what a run of the program takes.
struct BatchMaker {
  let dataset: Dataset
  private let targets: ClassTargets?

  /// A batch in memory, sample after sample.
  struct Contents {
    var inputs: [[Float]]
    var target: [Float]

    /// The part of a batch that one run takes.
    func part(_ index: Int, of count: Int) -> Contents {
      guard count > 1 else { return self }
      func slice(_ values: [Float]) -> [Float] {
        let length = values.count / count
        return Array(values[index * length..<(index + 1) * length])
      }
      return Contents(inputs: inputs.map(slice), target: slice(target))
    }
  }

  /// - Throws: `TrainingError.data` when class weights do not fit the data.
  init(
    _ dataset: Dataset, loss: Recipe.Loss, training: [Int]
  ) throws(TrainingError) {
    self.dataset = dataset
    guard case .label(let classCount) = dataset.target else {
      targets = nil
      return
    }
    guard case .crossEntropy(let crossEntropy) = loss else {
      let ones = [Double](repeating: 1, count: classCount)
      targets = ClassTargets(labelSmoothing: 0, classWeights: ones)
      return
    }
    targets = ClassTargets(
      labelSmoothing: crossEntropy.labelSmoothing,
      classWeights: try dataset.classWeights(crossEntropy.classWeights, training: training))
  }

  /// The batch of some samples; `isMean` says that targets hold each sample's part in the batch.
  func contents(
    _ examples: [AugmentedExample], weights: [Float], isMean: Bool
  ) -> Contents {
    let inputs = dataset.inputs.indices.map { input in
      var values: [Float] = []
      values.reserveCapacity(examples.count * (examples.first?.inputs[input].count ?? 0))
      for example in examples { values.append(contentsOf: example.inputs[input]) }
      return values
    }
    let samples = examples.map(\.targets)
    guard let targets else { return Contents(inputs: inputs, target: valueRows(samples)) }
    guard !isMean else {
      return Contents(inputs: inputs, target: targets.rows(samples, weights: weights))
    }
    let rows = samples.flatMap { targets.rows([$0], weights: [1]) }
    return Contents(inputs: inputs, target: rows)
  }
}
