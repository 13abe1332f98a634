// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Why a model cannot be measured on samples.
package enum EvaluationError: Error, Equatable, Sendable {
  // MARK: Other arguments would have done

  /// The folder does not say what the metric needs.
  case truth(MetricName, offered: [Truth.Kind])
  /// Metrics that need different things of the samples.
  case mixed(MetricName, MetricName)
  /// The folder holds pairs, which only spearman measures.
  case paired(MetricName)

  // MARK: The model and the data do not go together

  /// The model's outputs are not what the metric reads.
  case outputs(MetricName, [TensorType])
  case label(sample: String, label: Int, classCount: Int)
  /// The metric is defined for labels 0 and 1.
  case notBinary(sample: String, label: Int)
  case valueCount(sample: String, expected: Int, found: Int)
  /// The model's answer is not a number.
  case notFinite(sample: String)
  /// The metric has no value: all samples are of one kind, or all answers are the same.
  case undefined(MetricName)

  /// Whether other arguments would have done, whatever the files hold.
  package var isBadUsage: Bool {
    switch self {
    case .truth, .mixed, .paired: true
    case .outputs, .label, .notBinary, .valueCount, .notFinite, .undefined: false
    }
  }
}
