// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

extension EvaluationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truth(let metric, let offered):
      "\(metric.rawValue) needs \(text(metric.truth)) for each sample; the folder has "
        + offered.map(text).joined(separator: ", ") + "; use "
        + MetricName.allCases.filter { offered.contains($0.truth) }
        .map { "--metric \($0.rawValue)" }.joined(separator: " or ")
    case .mixed(let first, let second):
      "\(first.rawValue) needs \(text(first.truth)) and \(second.rawValue) "
        + "\(text(second.truth)) for each sample; measure them one by one"
    case .paired(let metric):
      "every sample of the folder is a pair, which \(metric.rawValue) does not measure; "
        + "use --metric spearman"
    case .outputs(let metric, let types):
      "the model's outputs are "
        + types.map { "\($0.dtype.name) \($0.shape)" }.joined(separator: ", ")
        + "; \(metric.rawValue) needs \(expectation(metric))"
    case .label(let sample, let label, let classCount):
      "\(sample): the label is class \(label); the model has \(classCount), counted from 0"
    case .notBinary(let sample, let label):
      "\(sample): the label is \(label); auc takes 0 and 1"
    case .valueCount(let sample, let expected, let found):
      "\(sample): y.npy has \(found) values, the model gives \(expected)"
    case .notFinite(let sample):
      "\(sample): the model's answer is not a number"
    case .undefined(let metric):
      "\(metric.rawValue) has no value here: "
        + (metric == .auc ? "both labels must occur" : "answers and scores must vary")
    }
  }

  private func text(_ kind: Truth.Kind) -> String {
    switch kind {
    case .label: "a label"
    case .values: "target values"
    case .box: "a box with a label"
    case .mask: "a mask"
    }
  }

  private func expectation(_ metric: MetricName) -> String {
    switch metric {
    case .top1, .top5: "a first output with one number for each class"
    case .auc: "a first output of one or two numbers, or of the input's shape"
    case .mse: "numbers in the first output"
    case .detection: "the four outputs of TFLite_Detection_PostProcess, or YOLOX's one"
    case .miou: "a first output of 1 x height x width classes, or scores for each class"
    case .spearman:
      "a first output of one number, or for pairs of one vector or one for each token"
    }
  }
}
