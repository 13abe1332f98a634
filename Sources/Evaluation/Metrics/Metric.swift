// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Takes samples one by one and says at the end what came of them.
protocol Metric {
  /// Takes a sample; `outputs` are those of each of its runs.
  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError)

  /// The figures, after at least one sample.
  func measurements() throws(EvaluationError) -> [Measurement]

  /// Labels and predictions, for metrics of classes.
  var confusions: Confusions? { get }
}

extension Metric {
  var confusions: Confusions? { nil }
}
