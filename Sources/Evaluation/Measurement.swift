// SPDX-License-Identifier: Apache-2.0
import DataFolders

/// What can be measured.
package enum MetricName: String, Hashable, Sendable, CaseIterable {
  case top1, top5, auc, mse, detection, miou, spearman

  /// What must be known of the samples.
  package var truth: Truth.Kind {
    switch self {
    case .top1, .top5, .auc: .label
    case .mse, .spearman: .values
    case .detection: .box
    case .miou: .mask
    }
  }
}

/// One figure, with how far it is to be trusted.
package struct Measurement: Hashable, Sendable {
  /// The metric's name, or a part of it.
  package let name: String
  package let value: Double
  /// The 95 % confidence interval.
  package let interval: Interval
  /// How the interval was found.
  package let method: String
  /// The samples it rests on.
  package let count: Int

  package init(name: String, value: Double, interval: Interval, method: String, count: Int) {
    self.name = name
    self.value = value
    self.interval = interval
    self.method = method
    self.count = count
  }

  /// A proportion.
  init(_ name: String, successes: Int, of count: Int) {
    self.init(
      name: name, value: Double(successes) / Double(count),
      interval: wilsonInterval(successes: successes, of: count), method: "Wilson", count: count)
  }
}

/// The classes that samples have and those that a model gives them.
package struct Confusions: Hashable, Sendable {
  /// One kind of answer.
  package struct Cell: Hashable, Sendable {
    package let label: Int
    package let prediction: Int
    package let count: Int
  }

  /// The class that each sample has, in order.
  package private(set) var labels: [Int] = []
  /// The class that the model gives it; -1 for none.
  package private(set) var predictions: [Int] = []

  package init() {}

  package mutating func append(label: Int, prediction: Int) {
    labels.append(label)
    predictions.append(prediction)
  }

  /// The answers that occur, by label, then prediction.
  package var cells: [Cell] {
    struct Key: Hashable {
      let label: Int
      let prediction: Int
    }
    var counts: [Key: Int] = [:]
    for (label, prediction) in zip(labels, predictions) {
      counts[Key(label: label, prediction: prediction), default: 0] += 1
    }
    return counts.map { Cell(label: $0.label, prediction: $0.prediction, count: $1) }
      .sorted { ($0.label, $0.prediction) < ($1.label, $1.prediction) }
  }
}
