// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Training

/// A training for people and other programs: what its page draws and its JSON says.
///
/// Numbers that are NaN or infinite are `null`, which JSON has in their place.
struct TrainingReport: Encodable {
  /// One number for each step.
  struct Steps: Encodable {
    let loss: [Double?]
    let rate: [Double?]
  }

  /// One number for each epoch.
  struct Epochs: Encodable {
    let trainingLoss: [Double?]
    let validationLoss: [Double?]
    let metric: [Double?]
  }

  /// The norms of a weight, one for each epoch.
  struct Layer: Encodable {
    let name: String
    /// Whether it was trained at all: without norms it was frozen.
    var isTrained: [Bool]
    var gradient: [Double?]
    var weight: [Double?]
  }

  struct Class: Encodable {
    let name: String
    let count: Int
    let precision: Double?
    let recall: Double?
    let f1: Double?
  }

  /// What the best epoch's weights say of the validation samples.
  struct Confusion: Encodable {
    let classes: [Class]
    /// Samples by class, row, and prediction, column.
    let matrix: [[Int]]
  }

  let model: String
  let metric: String
  let stepsPerEpoch: Int
  /// Counted from 1.
  let bestEpoch: Int?
  let steps: Steps
  let epochs: Epochs
  let layers: [Layer]
  let confusion: Confusion?
  /// Every key of the recipe.
  let recipe: String

  /// - Precondition: `classNames`, where there are any, has a name for each class.
  init(
    model: String, _ history: History, recipe: Recipe, confusions: Confusions? = nil,
    classCount: Int = 0, classNames: [String] = []
  ) {
    self.model = model
    metric = history.metric
    stepsPerEpoch = history.stepsPerEpoch
    bestEpoch = history.bestEpoch.map { $0 + 1 }
    steps = Steps(
      loss: history.steps.map { Self.finite($0.loss) },
      rate: history.steps.map { Self.finite($0.rate) })
    epochs = Epochs(
      trainingLoss: history.epochs.map { Self.finite($0.trainingLoss) },
      validationLoss: history.epochs.map { Self.finite($0.validationLoss) },
      metric: history.epochs.map { Self.finite($0.metric) })
    layers = Self.layers(history)
    self.recipe = recipe.yaml
    confusion = confusions.map { confusions in
      Confusion(
        classes: confusions.classFigures(classCount: classCount).map { figures in
          Class(
            name: classNames.isEmpty ? "\(figures.label)" : classNames[figures.label],
            count: figures.count, precision: figures.precision, recall: figures.recall,
            f1: figures.f1)
        }, matrix: confusions.matrix(classCount: classCount))
    }
  }

  /// By weight, in the order in which they first appear; frozen ones have gaps.
  private static func layers(_ history: History) -> [Layer] {
    let count = history.epochs.count
    var layers: [Layer] = []
    var positions: [String: Int] = [:]
    for (epoch, entry) in history.epochs.enumerated() {
      for norms in entry.layers {
        let position = positions[norms.name] ?? layers.count
        if position == layers.count {
          positions[norms.name] = position
          layers.append(
            Layer(
              name: norms.name, isTrained: [Bool](repeating: false, count: count),
              gradient: [Double?](repeating: nil, count: count),
              weight: [Double?](repeating: nil, count: count)))
        }
        layers[position].isTrained[epoch] = true
        layers[position].gradient[epoch] = finite(norms.gradient)
        layers[position].weight[epoch] = finite(norms.weight)
      }
    }
    return layers
  }

  private static func finite(_ number: Double?) -> Double? {
    number.flatMap { $0.isFinite ? $0 : nil }
  }
}
