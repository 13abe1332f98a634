// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// A sample as it is trained on in one epoch.
package struct AugmentedExample: Hashable, Sendable {
  /// One for each input of the model.
  package var inputs: [[Float]]
  /// The targets of the samples mixed into it, with parts that add up to 1.
  package var targets: [(target: ExampleTarget, part: Double)]

  package static func == (a: AugmentedExample, b: AugmentedExample) -> Bool {
    a.inputs == b.inputs
      && a.targets.elementsEqual(b.targets) { $0.target == $1.target && $0.part == $1.part }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(inputs)
    for (target, part) in targets {
      hasher.combine(target)
      hasher.combine(part)
    }
  }
}

/// Makes the samples of an epoch from a dataset.
///
/// What a sample becomes depends on the seed, the epoch and the sample's number alone. Pictures
/// are changed where they are: inputs that are no picture keep their pixels' places.
package struct Augmenter: Sendable {
  private let augmentations: [Augmentation]
  private let pictures: [PictureLayout?]
  private let seed: UInt64

  /// Prepares augmentations for the inputs of a dataset.
  ///
  /// - Throws: `TrainingError.noPicture` when an augmentation moves pixels and no input has any.
  package init(
    _ augmentations: [Augmentation], for dataset: Dataset, seed: UInt64
  ) throws(TrainingError) {
    self.augmentations = augmentations
    self.seed = seed
    pictures = dataset.inputs.map { PictureLayout($0.type.shape, layout: dataset.layout) }
    guard pictures.allSatisfy({ $0 == nil }) else { return }
    if let moving = augmentations.first(where: \.needsPicture) {
      throw .noPicture(
        augmentation: moving.kind.rawValue, input: dataset.inputs[0].name,
        dataset.inputs[0].type)
    }
  }

  /// A sample of the training set as it is in an epoch.
  ///
  /// - Parameters:
  ///   - position: counts among `members`.
  ///   - members: the samples of the training set, among which mixup finds partners.
  ///   - epoch: counted from 0.
  ///   - dataset: the one that the augmenter was made for.
  /// - Returns: the sample, with the targets of all that is in it.
  /// - Throws: `TrainingError` when a sample cannot be read.
  package func example(
    _ position: Int, of members: [Int], epoch: Int, in dataset: Dataset
  ) throws(TrainingError) -> AugmentedExample {
    let number = members[position]
    let example = try dataset.example(number)
    var random = RandomStream(seed: seed, .augmentation, epoch, number)
    var result = AugmentedExample(inputs: example.inputs, targets: [(example.target, 1)])
    for augmentation in augmentations {
      guard case .mixup(let mixup) = augmentation else {
        for input in result.inputs.indices {
          apply(augmentation, &result.inputs[input], pictures[input], &random)
        }
        continue
      }
      let (partner, part) = mixup.draw(of: members.count, &random)
      let other = try dataset.example(members[partner])
      result.mix(with: other, part: part)
    }
    return result
  }

  private func apply(
    _ augmentation: Augmentation, _ values: inout [Float], _ picture: PictureLayout?,
    _ random: inout RandomStream
  ) {
    switch (augmentation, picture) {
    case (.flip(let flip), let picture?): flip.apply(&values, picture, &random)
    case (.crop(let crop), let picture?): crop.apply(&values, picture, &random)
    case (.shift(let shift), let picture?): shift.apply(&values, picture, &random)
    case (.brightness(let brightness), _): brightness.apply(&values, &random)
    case (.noise(let noise), _): noise.apply(&values, &random)
    case (.flip, nil), (.crop, nil), (.shift, nil), (.mixup, _): break
    }
  }
}

extension AugmentedExample {
  /// Keeps a part of itself and takes the rest from another, which is not augmented.
  fileprivate mutating func mix(with other: Example, part: Double) {
    let (own, others) = (Float(part), Float(1 - part))
    for input in inputs.indices {
      for index in inputs[input].indices {
        inputs[input][index] = own * inputs[input][index] + others * other.inputs[input][index]
      }
    }
    targets = targets.map { ($0.target, $0.part * part) } + [(other.target, 1 - part)]
  }
}
