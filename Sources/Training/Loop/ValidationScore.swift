// SPDX-License-Identifier: Apache-2.0
import Evaluation

/// How a model does on samples that it was not trained on.
package struct ValidationScore: Hashable, Sendable {
  /// The mean loss.
  package let loss: Double
  /// Samples whose class has the highest score, and whose class is among the highest five; `nil`
  /// without classes.
  package let top1: Double?
  package let top5: Double?
  /// The mean squared error; `nil` with classes.
  package let meanSquaredError: Double?
  /// For each sample its class and the class that the model puts it in.
  package let confusions: Confusions

  /// The number that a metric asks for.
  package func value(of metric: Recipe.Metric) -> Double {
    switch metric {
    case .loss: loss
    case .top1: top1 ?? .nan
    case .top5: top5 ?? .nan
    case .mse: meanSquaredError ?? .nan
    }
  }
}

/// Adds up a score, sample by sample.
struct ScoreKeeper {
  private var lossSum = 0.0
  private var count = 0
  private var inFive = 0
  private var squares = 0.0
  private var elements = 0
  private var confusions = Confusions()

  /// Takes one sample: what the model says of it, and what should be said.
  mutating func add(loss: Double, prediction: ArraySlice<Float>, target: ExampleTarget) {
    count += 1
    lossSum += loss
    switch target {
    case .label(let label):
      let own = prediction[prediction.startIndex + label]
      // Ties go to the lower index, as an arg max gives them.
      var (best, above) = (prediction.startIndex, 0)
      for index in prediction.indices {
        if prediction[index] > prediction[best] { best = index }
        let isBefore = index < prediction.startIndex + label
        if prediction[index] > own || (prediction[index] == own && isBefore) { above += 1 }
      }
      if above < 5 { inFive += 1 }
      confusions.append(label: label, prediction: best - prediction.startIndex)
    case .values(let values):
      for (index, value) in values.enumerated() {
        let difference = Double(prediction[prediction.startIndex + index]) - Double(value)
        squares += difference * difference
      }
      elements += values.count
    }
  }

  var score: ValidationScore {
    let hits = zip(confusions.labels, confusions.predictions).count { $0 == $1 }
    let hasClasses = !confusions.labels.isEmpty
    return ValidationScore(
      loss: lossSum / Double(count),
      top1: hasClasses ? Double(hits) / Double(count) : nil,
      top5: hasClasses ? Double(inFive) / Double(count) : nil,
      meanSquaredError: elements == 0 ? nil : squares / Double(elements), confusions: confusions)
  }
}
