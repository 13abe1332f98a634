// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// The area under the ROC curve for labels 0 and 1.
///
/// The score is the only number of the first output, or the second of two; a model whose output has
/// as many elements as its input is an autoencoder, scored by its mean squared error.
struct AreaUnderCurveMetric: Metric {
  private enum Score {
    case single, second, reconstruction
  }

  private let score: Score
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  init(inputs: [TensorType], outputs: [TensorType]) throws(EvaluationError) {
    switch outputs.first?.shape.elementCount {
    case 1: score = .single
    case 2: score = .second
    case .some(let count) where inputs.count == 1 && inputs[0].shape.elementCount == count:
      score = .reconstruction
    case .some, nil: throw .outputs(.auc, outputs)
    }
  }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .label(let label) = sample.truth else { return }
    guard (0...1).contains(label) else { throw .notBinary(sample: sample.name, label: label) }
    let values = realValues(outputs[0][0])
    let value =
      switch score {
      case .single: values[0]
      case .second: values[1]
      case .reconstruction: meanSquaredError(values, realValues(sample.runs[0][0]))
      }
    guard !value.isNaN else { throw .notFinite(sample: sample.name) }
    scores.append(value)
    isPositive.append(label == 1)
  }

  func measurements() throws(EvaluationError) -> [Measurement] {
    guard let (area, interval) = areaUnderCurve(scores: scores, isPositive: isPositive) else {
      throw .undefined(.auc)
    }
    return [
      Measurement(
        name: MetricName.auc.rawValue, value: area, interval: interval,
        method: "Hanley-McNeil", count: scores.count)
    ]
  }
}

/// The mean of squared differences.
///
/// - Precondition: as many values on both sides, at least one.
package func meanSquaredError(_ first: [Double], _ second: [Double]) -> Double {
  precondition(first.count == second.count && !first.isEmpty, "values come in pairs")
  return zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(first.count)
}
