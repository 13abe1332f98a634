// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// The mean squared difference of the first output from its target, over elements and samples.
struct SquaredErrorMetric: Metric {
  private var errors: [Double] = []

  init(outputs: [TensorType]) throws(EvaluationError) {
    guard let first = outputs.first, first.shape.elementCount > 0 else {
      throw .outputs(.mse, outputs)
    }
  }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .values(let target) = sample.truth else { return }
    let values = outputs.flatMap { realValues($0[0]) }
    guard values.count == target.count else {
      throw .valueCount(sample: sample.name, expected: values.count, found: target.count)
    }
    let error = meanSquaredError(values, target)
    guard error.isFinite else { throw .notFinite(sample: sample.name) }
    errors.append(error)
  }

  func measurements() -> [Measurement] {
    [
      Measurement(
        name: MetricName.mse.rawValue, value: mean(of: errors),
        interval: meanInterval(of: errors, in: 0...Double.greatestFiniteMagnitude),
        method: "normal", count: errors.count)
    ]
  }
}
